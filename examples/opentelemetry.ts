/** Tracing with OpenTelemetry: a span for each attempt, below the span of whoever calls, and its trace goes on in the server. */
import assert from 'node:assert/strict'
import { type Span, SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { type CallInfo, type ClientHooks, SessionNotFoundError, SessionsClient } from 'sandbox-sessions-sdk'

// What a program has already; a real one exports its spans over the network.
const exporter = new InMemorySpanExporter()
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
provider.register()
const tracer = trace.getTracer('sandbox-sessions')

// The wiring.
const spans = new WeakMap<CallInfo, Span>()
const hooks: ClientHooks = {
  onRequest({ call, attempt, headers }) {
    const attributes = {
      'http.request.method': call.method,
      'url.full': call.url,
      'http.request.resend_count': attempt - 1,
    }
    const span = tracer.startSpan(call.operation ?? call.method, { kind: SpanKind.CLIENT, attributes })
    spans.set(call, span)
    propagation.inject(trace.setSpan(context.active(), span), headers)
  },
  onResponse({ call, status, error }) {
    const span = spans.get(call)
    if (status !== undefined) span?.setAttribute('http.response.status_code', status)
    if (status === undefined || status >= 400) span?.setStatus({ code: SpanStatusCode.ERROR })
    if (error instanceof Error) span?.recordException(error)
    span?.end()
  },
}

// Shows a retry and what is sent: the first attempt finds the service busy.
const traceparents: (string | null)[] = []
const fetchAfterBusy: typeof fetch = (input, init) => {
  traceparents.push(new Headers(init?.headers).get('traceparent'))
  if (traceparents.length > 1) return fetch(input, init)
  return Promise.resolve(new Response(null, { status: 503, headers: { 'retry-after': '0' } }))
}
await using client = new SessionsClient({ hooks, fetch: fetchAfterBusy })

await tracer.startActiveSpan('job', async (job) => {
  const session = await client.createSession({ ttl: 60 })
  await Promise.all([session.run('true'), session.files.upload('a.txt', 'a')])
  await session.delete()
  await assert.rejects(session.refresh(), SessionNotFoundError)
  job.end()
})

const finished = exporter.getFinishedSpans()
const job = finished.find(({ name }) => name === 'job')
assert.ok(job)
const attempts = finished.filter((span) => span !== job)
for (const { name, attributes, parentSpanContext } of attempts) {
  // Each is a child of the job, also those that ran side by side.
  assert.equal(parentSpanContext?.spanId, job.spanContext().spanId)
  console.log(
    name,
    attributes['http.response.status_code'],
    `resend ${String(attributes['http.request.resend_count'])}`,
  )
}
const seen = attempts.map(({ name, attributes }) =>
  [name, attributes['http.response.status_code'], attributes['http.request.resend_count']].join(' '),
)
// The retry is a second span of the same name.
assert.deepEqual(seen.slice(0, 2), ['createSession 503 0', 'createSession 200 1'])
assert.deepEqual(seen.slice(2, 4).sort(), ['executeCommand 200 0', 'uploadFile 201 0'])
assert.deepEqual(seen.slice(4), ['deleteSession 200 0', 'getSession 404 0'])
assert.equal(attempts.at(-1)?.status.code, SpanStatusCode.ERROR)

// The server got the id of the very span, by which it can go on with the trace.
const sent = attempts.map((span) => `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`)
assert.deepEqual(traceparents.toSorted(), sent.toSorted())
assert.ok(attempts.every((span) => !JSON.stringify(span.attributes).includes('authorization')))

await provider.shutdown()

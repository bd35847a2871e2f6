/**
 * A Request that remembers what it was built from. A Request's own body can be read once and its signal can be lost, so
 * each attempt is made from the source instead.
 */
export class ReplayableRequest extends Request {
  readonly source: BodyInit | null
  readonly callerSignal: AbortSignal | undefined

  constructor(input: RequestInfo | URL, init: RequestInit = {}) {
    super(input, init)
    this.source = init.body ?? null
    this.callerSignal = init.signal ?? undefined
  }
}

/** What an attempt sends, signal apart. */
export type AttemptInit = RequestInit & { readonly headers: Headers }

/** A Request made by middleware has only its own body, good for one attempt. */
export function attemptInit(request: Request): AttemptInit {
  const body = request instanceof ReplayableRequest ? request.source : request.body
  const headers = new Headers(request.headers)
  // The boundary is made anew with each attempt.
  if (body instanceof FormData) headers.delete('content-type')
  return {
    method: request.method,
    headers,
    // Redirects are refused: following one would turn a POST into a GET, or carry an API key to another host.
    redirect: 'manual',
    ...(body === null ? {} : { body }),
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  }
}

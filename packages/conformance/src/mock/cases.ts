import { type RequestOptions, SandboxAPIError, SessionsClient, type SessionsClientOptions } from 'sandbox-sessions-sdk'
import type { Operation, Spec, SpecChecker } from 'sandbox-sessions-openapi'
import { Mismatch, expectEqual, expectThat } from '../expect.js'
import { entryOf } from '../operations.js'
import { Recorder } from '../recorder.js'
import { knownErrorCodes } from '../spec.js'
import { type SdkCall, byteCalls, byteStreamCalls, calls, streamCalls } from './calls.js'
import { domainOf, eventsOf, isInBase64 } from './domain.js'
import { errorClass, expectError } from './errors.js'

/** One example of one answer of one operation, which the SDK asks a mock for (Prism, or one that takes its `Prefer` header). */
export interface MockCase {
  readonly operation: Operation
  readonly status: number
  /** Empty for an answer without a body. */
  readonly mediaType: string
  /** The name of the example; undefined for an answer without a body. */
  readonly example: string | undefined
  readonly value: unknown
}

/** Makes the client that asks the mock. */
export type MakeClient = (options: SessionsClientOptions) => SessionsClient

/** Every answer that the spec documents. */
export function mockCases(spec: Spec): readonly MockCase[] {
  return spec.operations.flatMap((operation) =>
    [...operation.responses].flatMap(([status, { content }]): MockCase[] => {
      if (content.size === 0) return [{ operation, status, mediaType: '', example: undefined, value: undefined }]
      return [...content].flatMap(([mediaType, { examples }]) =>
        [...examples].map(([example, value]) => ({ operation, status, mediaType, example, value })),
      )
    }),
  )
}

/** For example `createSession 409 application/json idempotencyConflict`. */
export function nameOf({ operation, status, mediaType, example }: MockCase): string {
  return [operation.id, status, mediaType, example].filter((part) => part !== '' && part !== undefined).join(' ')
}

/**
 * Asks the mock for the case, and checks the SDK's request and its result against the spec.
 *
 * @param makeClient - makes the client that asks, by default the SDK's own, from options that it has to keep to.
 * @throws {Mismatch} when the request breaks the spec, or the domain object or error is not the right one.
 */
export async function runMockCase(
  mockCase: MockCase,
  apiUrl: string,
  checker: SpecChecker,
  makeClient: MakeClient = (options) => new SessionsClient(options),
): Promise<void> {
  const { operation, status, mediaType, example } = mockCase
  const prefer = [`code=${status}`, ...(example === undefined ? [] : [`example=${example}`])].join(', ')
  const recorder = new Recorder(apiUrl)
  const client = makeClient({ apiUrl, bearerToken: 'token-for-the-mock', fetch: recorder.fetch, maxRetries: 0 })
  const options = { headers: { prefer, ...acceptOf(mediaType, status), ...rangeOf(operation, status) } }
  let outcome: { readonly value: unknown } | { readonly error: unknown }
  try {
    outcome = { value: await call(mockCase, client, options) }
  } catch (error) {
    if (!(error instanceof SandboxAPIError)) throw error
    outcome = { error }
  }
  const exchanges = await recorder.take()
  const exchange = exchanges.at(-1)
  expectThat(exchange !== undefined, 'nothing was sent')
  for (const { request } of exchanges) {
    for (const { message } of checker.checkRequest(request)) throw new Mismatch(`the request: ${message}`)
  }
  const { response } = exchange
  if (response.status !== status) throw new Mismatch(`the mock answered ${response.status}${reasonIn(response.body)}`)
  expectOutcome(outcome, mockCase, response.headers)
}

function expectOutcome(
  outcome: { readonly value?: unknown; readonly error?: unknown },
  { operation, status, mediaType, value }: MockCase,
  headers: Headers,
): void {
  if (status >= 400) {
    if (!('error' in outcome)) throw new Mismatch(`${status} did not come out as an error`)
    expectError(outcome.error, { status, headers }, value)
    return
  }
  if ('error' in outcome) throw new Mismatch(`${status} came out as an error: ${String(outcome.error)}`)
  expectEqual('the domain object', outcome.value, expectedValue(operation, mediaType, value))
}

function expectedValue(operation: Operation, mediaType: string, value: unknown): unknown {
  switch (mediaType) {
    case '':
      return undefined
    case 'application/json':
      return domainOf(operation.id, value)
    case 'text/event-stream':
      return eventsOf(value)
    default:
      return { name: 'input.csv', size: Buffer.byteLength(String(value)), text: value }
  }
}

async function call({ operation, mediaType, value }: MockCase, client: SessionsClient, options: RequestOptions) {
  const table = tableFor(mediaType, isInBase64(value))
  const drive = entryOf(table, operation.id) ?? entryOf(calls, operation.id)
  if (drive === undefined) throw new Mismatch(`no call of this suite drives ${operation.id}`)
  return await drive(client, options)
}

function tableFor(mediaType: string, inBytes: boolean): Readonly<Record<string, SdkCall>> {
  if (mediaType === 'text/event-stream') return inBytes ? byteStreamCalls : streamCalls
  return inBytes ? byteCalls : calls
}

/** The SDK asks for what it needs. Only a kind of bytes that it does not prefer must be asked for here. */
function acceptOf(mediaType: string, status: number): Readonly<Record<string, string>> {
  return mediaType === 'text/plain' && status === 200 ? { accept: mediaType } : {}
}

/** The calls that lead to these answers. */
function rangeOf({ id }: Operation, status: number): Readonly<Record<string, string>> {
  return id === 'downloadFile' && (status === 206 || status === 416) ? { range: 'bytes=10-17' } : {}
}

/** Why Prism refused the request. */
function reasonIn(body: Uint8Array | undefined): string {
  return body === undefined || body.length === 0 ? '' : `: ${Buffer.from(body).toString().slice(0, 500)}`
}

/** The parts of the spec that no case drives, in words; empty when all are driven. */
export function undriven(spec: Spec, otherwiseDriven: ReadonlySet<string> = new Set()): readonly string[] {
  const cases = mockCases(spec)
  const driven = new Set(cases.map(({ operation, status }) => `${operation.id} ${status}`))
  const codes = new Set(cases.map(({ status, value }) => (status < 400 ? undefined : codeOf(value))))
  return [
    ...spec.operations
      .filter(({ id }) => entryOf(calls, id) === undefined)
      .map(({ id }) => `no call drives the operation ${id}`),
    ...spec.operations.flatMap(({ id, responses }) =>
      [...responses.keys()]
        .filter((status) => !driven.has(`${id} ${status}`))
        .map((status) => `no example drives status ${status} of ${id}`),
    ),
    ...spec.operations.flatMap(({ id, responses }) =>
      [...responses.keys()]
        .filter((status) => status >= 300 && errorClass(status, undefined) === undefined)
        .map((status) => `no error class is stated for status ${status} of ${id}`),
    ),
    ...knownErrorCodes(spec)
      .filter((code) => !codes.has(code) && !otherwiseDriven.has(code))
      .map((code) => `no test drives the error code ${code}`),
  ]
}

function codeOf(example: unknown): unknown {
  return typeof example === 'object' && example !== null && 'error' in example ? example.error : undefined
}

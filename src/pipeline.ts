import { operations } from '../generated/constraints.js'
import { type SandboxApi, createApi } from './api.js'
import { checkHeaders, checkTimeoutMs } from './checks.js'
import { SandboxAPIError, SandboxConnectionError, SandboxValidationError } from './errors.js'
import type { RequestOptions, Settings } from './options.js'
import { errorFromResponse } from './response-errors.js'
import type { Exchange } from './transport/exchange.js'
import { Transport } from './transport/transport.js'
import { type BodyName, type Wire, isBody } from './wire.js'

export type OperationId = keyof typeof operations

/** What openapi-fetch is given for one call, besides its parameters and body. */
export interface CallInit {
  readonly parseAs: 'stream'
  readonly headers: Record<string, string>
  readonly fetch: (request: Request) => Promise<Response>
}

/** Makes the request of an operation. It gets what the pipeline adds to every call. */
export type Send = (
  api: SandboxApi,
  init: CallInit,
) => Promise<{ readonly response: Response; readonly error?: unknown }>

/** The one way from a method to the wire and back: the call, its errors, its body held against the spec. */
export class Pipeline {
  readonly api: SandboxApi
  readonly #transport: Transport
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
    this.#transport = new Transport(settings)
    this.api = createApi(settings, this.#transport)
  }

  /** A call that answers a body of the spec. `timeoutMs` is the deadline when the caller names none. */
  body<Name extends BodyName>(
    operation: OperationId,
    name: Name,
    options: RequestOptions,
    send: Send,
    timeoutMs?: number,
  ): Promise<Wire[Name]> {
    return this.#call(
      { operation, options, timeoutMs, accept: 'application/json', body: 'buffered' },
      send,
      parse(name),
    )
  }

  /** A call whose body, if there is one, says nothing. */
  nothing(operation: OperationId, options: RequestOptions, send: Send): Promise<void> {
    const call = { operation, options, accept: 'application/json', body: 'buffered' } as const
    return this.#call(call, send, () => undefined)
  }

  /** A call whose body is read later, by the caller. The deadline then runs between two chunks. */
  stream(operation: OperationId, options: RequestOptions, accept: string, send: Send): Promise<Response> {
    return this.#call({ operation, options, accept, body: 'idle' }, send, (response) => response)
  }

  close(): void {
    this.#transport.close()
  }

  async #call<T>(
    { operation, options, timeoutMs = this.#settings.timeoutMs, accept, body }: Call,
    send: Send,
    read: (response: Response, exchange: Exchange) => T | Promise<T>,
  ): Promise<T> {
    const deadlineMs = options.timeoutMs === undefined ? timeoutMs : checkTimeoutMs(options.timeoutMs)
    const headers = { accept, ...checkHeaders(options.headers) }
    const exchange = this.#transport.begin(deadlineMs, options.signal)
    try {
      const { response, error } = await send(this.api, {
        parseAs: 'stream',
        headers,
        fetch: (request) => this.#transport.send(request, exchange, body),
      })
      if (response.ok) return await read(response, exchange)
      throw errorFromResponse(response, error, {
        ...exchange.context,
        onSession: 'sessionId' in operations[operation].parameters,
        hasCredentials: this.#settings.bearerToken !== undefined || this.#settings.apiKey !== undefined,
      })
    } catch (error) {
      exchange.finish()
      throw checked(error, exchange)
    }
  }
}

interface Call {
  readonly operation: OperationId
  readonly options: RequestOptions
  readonly timeoutMs?: number | undefined
  readonly accept: string
  readonly body: 'buffered' | 'idle'
}

function parse<Name extends BodyName>(name: Name) {
  return async (response: Response, exchange: Exchange): Promise<Wire[Name]> => {
    const unusable = (problem: string): SandboxConnectionError =>
      new SandboxConnectionError(`${exchange.method} ${exchange.url} succeeded, but ${problem}.`, {
        ...exchange.context,
        requestId: response.headers.get('x-request-id') ?? exchange.requestId,
        statusCode: response.status,
        headers: response.headers,
      })
    const text = await response.text()
    if (text === '') throw unusable('the body is empty')
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch {
      // The parser's own error would quote the body.
      throw unusable('the body is not JSON')
    }
    let problem = ''
    if (isBody(name, body, (found) => (problem = found))) return body
    throw unusable(`its ${name} is not what the spec says: ${problem}`)
  }
}

/** Nothing but the documented errors leaves a call: what middleware throws is wrapped, an abort reason is not. */
function checked(error: unknown, { deadline }: Exchange): unknown {
  if (deadline.signal.aborted) return deadline.reason
  if (error instanceof SandboxAPIError || error instanceof SandboxValidationError) return error
  return new SandboxAPIError('The request could not be made; the cause says why.', { cause: error })
}

import { operations } from '../generated/constraints.js'
import { type Apis, type SandboxApi, createApis } from './api.js'
import { checkHeaders, checkMaxRetries, checkObject, checkSignal, checkTimeoutMs } from './checks.js'
import { type ErrorContext, SandboxAPIError, SandboxConnectionError, SandboxValidationError } from './errors.js'
import type { RequestOptions, Settings } from './options.js'
import { errorFromResponse } from './response-errors.js'
import type { Exchange } from './transport/exchange.js'
import type { HeaderRecord } from './transport/request.js'
import { Transport } from './transport/transport.js'
import { type BodyName, type Wire, isBody } from './wire.js'

export type OperationId = keyof typeof operations

/** What openapi-fetch is given for one call, besides its parameters and body. */
export interface CallInit {
  readonly parseAs: 'stream'
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: (request: Request) => Promise<Response>
  readonly call: CallControl
}

/** What a body that is being sent tells of its call. */
export interface CallControl {
  /** Starts the deadline anew: the call gets on. */
  readonly keepAlive: () => void
  /** Ends the call with this reason, as it is. */
  readonly abort: (reason: unknown) => void
  /** What an error tells of the call. */
  readonly context: () => ErrorContext
}

/** Makes the request of an operation. It gets what the pipeline adds to every call. */
export type Send = (
  api: SandboxApi,
  init: CallInit,
) => Promise<{ readonly response: Response; readonly error?: unknown }>

/** The one way from a method to the wire and back: the call, its errors, its body held against the spec. */
export class Pipeline {
  readonly #apis: Apis
  readonly #transport: Transport
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
    this.#transport = new Transport(settings)
    this.#apis = createApis(settings, this.#transport)
  }

  get api(): SandboxApi {
    return this.#apis.api
  }

  /** A call that answers a body of the spec, which becomes a domain object. */
  body<Name extends BodyName, Domain>(
    operation: OperationId,
    name: Name,
    options: RequestOptions,
    send: Send,
    toDomain: (wire: Wire[Name]) => Domain,
    traits: Traits = noTraits,
  ): Promise<Domain> {
    return this.#perform(operation, options, traits, send, (response, exchange) =>
      // Middleware may have put another response in the place of the one that was read.
      response === exchange.response
        ? toDomain(parse(name, exchange.text, response, exchange))
        : response.text().then((text) => toDomain(parse(name, text, response, exchange))),
    )
  }

  /** A call whose body, if there is one, says nothing. */
  nothing(operation: OperationId, options: RequestOptions, send: Send): Promise<void> {
    return this.#perform(operation, options, noTraits, send, () => undefined)
  }

  /** A call whose body is read later, by the caller. The deadline then runs between two chunks. */
  stream(operation: OperationId, options: RequestOptions, send: Send, traits: Traits): Promise<Response> {
    return this.#perform(operation, options, { ...traits, body: 'idle' }, send, (response) => response)
  }

  close(): void {
    this.#transport.close()
  }

  async #perform<T>(
    operation: OperationId,
    options: RequestOptions,
    traits: Traits,
    send: Send,
    read: (response: Response, exchange: Exchange) => T | Promise<T>,
  ): Promise<T> {
    checkObject('options', options)
    const { signal, timeoutMs, maxRetries, headers } = options
    checkSignal(signal)
    const settings = this.#settings
    const { accept = 'application/json', body = 'buffered', repeatable } = traits
    const exchange = this.#transport.begin({
      operation,
      signal,
      timeoutMs: timeoutMs === undefined ? (traits.timeoutMs ?? settings.timeoutMs) : checkTimeoutMs(timeoutMs),
      maxRetries: maxRetries === undefined ? settings.maxRetries : checkMaxRetries(maxRetries),
      headers: {
        accept,
        ...settings.headers,
        ...traits.headers,
        ...(headers === undefined ? undefined : checkHeaders(headers)),
      },
      idleTimeoutMs: timeoutMs ?? settings.timeoutMs,
      repeatable,
      body,
    })
    const { api, lean, isLean } = this.#apis
    try {
      const { response, error } = await send(isLean() ? lean : api, {
        parseAs: 'stream',
        headers: isLean() ? noHeaders : exchange.plan.headers,
        fetch: (request) => this.#transport.send(request, exchange),
        call: {
          keepAlive: () => exchange.deadline.arm(exchange.plan.idleTimeoutMs),
          abort: (reason) => exchange.deadline.abort(reason),
          context: () => exchange.context,
        },
      })
      if (response.ok || isDoneAlready(response, exchange)) return await read(response, exchange)
      throw errorFromResponse(response, error, {
        ...exchange.context,
        mayHaveRun: exchange.mayHaveRun,
        onSession: 'sessionId' in operations[operation].parameters,
        hasCredentials: exchange.ownCredentials || exchange.credential !== undefined,
      })
    } catch (error) {
      exchange.finish()
      throw checked(error, exchange)
    }
  }
}

/** What sets a call apart from others. */
export interface Traits {
  /** Default `application/json`. */
  readonly accept?: string
  /** Default `buffered`. */
  readonly body?: 'buffered' | 'idle'
  /** The deadline when the caller names none. */
  readonly timeoutMs?: number
  /** Whether a second run does no harm, where the method and headers do not tell. */
  readonly repeatable?: boolean
  /** Sent unless the caller has others of these names. */
  readonly headers?: Readonly<HeaderRecord>
}

const noTraits: Traits = {}
const noHeaders: HeaderRecord = {}

/** A DELETE that finds nothing any more, after an attempt whose answer was lost, has done what it was to do. */
function isDoneAlready({ status }: Response, { method, mayHaveRun }: Exchange): boolean {
  return status === 404 && method === 'DELETE' && mayHaveRun
}

function parse<Name extends BodyName>(name: Name, text: string, response: Response, exchange: Exchange): Wire[Name] {
  let problem = 'the body is empty'
  if (text !== '') {
    try {
      const body: unknown = JSON.parse(text)
      if (isBody(name, body, (found) => (problem = found))) return body
    } catch {
      // The parser's own error would quote the body.
      problem = 'the body is not JSON'
    }
  }
  throw new SandboxConnectionError(`${exchange.method} ${exchange.url} succeeded, but ${problem}.`, {
    ...exchange.context,
    requestId: response.headers.get('x-request-id') ?? exchange.requestId,
    statusCode: response.status,
    headers: response.headers,
  })
}

/** Nothing but the documented errors leaves a call: what middleware throws is wrapped, an abort reason is not. */
function checked(error: unknown, { deadline }: Exchange): unknown {
  if (deadline.aborted) return deadline.reason
  if (error instanceof SandboxAPIError || error instanceof SandboxValidationError) return error
  return new SandboxAPIError('The request could not be made; the cause says why.', { cause: error })
}

import { operations } from '../../generated/constraints.js'
import { type Apis, type SandboxApi, createApis } from './api.js'
import { SandboxAPIError, SandboxConnectionError, SandboxValidationError } from '../errors.js'
import { type RequestOptions, type Settings, checkRequestOptions } from '../options.js'
import { errorFromResponse } from './response-errors.js'
import type { Exchange } from '../transport/exchange.js'
import { explained } from '../transport/failure.js'
import type { HeaderRecord } from '../transport/request.js'
import { Transport } from '../transport/transport.js'
import { type BodyName, type Wire, isBody } from './wire.js'

export type OperationId = keyof typeof operations

/** What openapi-fetch is given for one call, besides its parameters and body. */
export interface CallInit {
  readonly parseAs: 'stream'
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: (request: Request) => Promise<Response>
  readonly call: CallControl
}

/** What a body that is being sent, or read, tells its call and hears of it. */
export interface CallControl {
  /** Starts the deadline anew: the call gets on. */
  readonly keepAlive: () => void
  /** Ends the call with this reason, as it is. */
  readonly abort: (reason: unknown) => void
  /**
   * Tells `listener` why the call was ended, if it is before its body was read to the end. The call holds on to the listener: one
   * that holds on to the body would keep it from being garbage.
   */
  readonly onAbort: (listener: (reason: unknown) => void) => void
  /** Whether the call was ended for this reason of somebody else, which is thrown as it is. */
  readonly isForeign: (error: unknown) => boolean
  /** Whether the head of a response is there: what becomes of the request's body then changes nothing. */
  readonly isAnswered: () => boolean
  /** Adds to an error that comes after the head of the response what is known of the call. */
  readonly explain: (error: SandboxAPIError) => void
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
    toDomain: (wire: Wire[Name]) => Domain | Promise<Domain>,
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
    const { signal, timeoutMs, maxRetries, headers } = checkRequestOptions(options)
    const settings = this.#settings
    const { accept = 'application/json', body = 'buffered', repeatable } = traits
    const exchange = this.#transport.begin({
      operation,
      signal,
      timeoutMs: timeoutMs ?? traits.timeoutMs ?? settings.timeoutMs,
      maxRetries: maxRetries ?? settings.maxRetries,
      headers: { accept, ...settings.headers, ...traits.headers, ...headers },
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
        call: new Control(exchange),
      })
      if (response.ok || isDoneAlready(response, exchange)) return await read(response, exchange)
      throw errorFromResponse(response, error, {
        method: exchange.method,
        url: exchange.url,
        requestId: exchange.requestId,
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
    // Middleware may have put another response in the place of the one that came.
    ...exchange.contextOf(response),
  })
}

/** Nothing but the documented errors leaves a call: what middleware throws is wrapped, an abort reason is not. */
function checked(error: unknown, exchange: Exchange): unknown {
  if (exchange.deadline.aborted) return exchange.deadline.reason
  if (error instanceof SandboxValidationError) return error
  if (error instanceof SandboxAPIError) return explained(error, exchange)
  return explained(
    new SandboxAPIError('The request could not be made; the cause says why.', { cause: error }),
    exchange,
  )
}

class Control implements CallControl {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  keepAlive(): void {
    const { deadline, plan } = this.#exchange
    deadline.arm(plan.idleTimeoutMs)
  }

  abort(reason: unknown): void {
    this.#exchange.deadline.abort(reason)
  }

  onAbort(listener: (reason: unknown) => void): void {
    this.#exchange.onAbort = listener
  }

  isForeign(error: unknown): boolean {
    return this.#exchange.deadline.isForeign(error)
  }

  isAnswered(): boolean {
    return this.#exchange.head !== undefined
  }

  explain(error: SandboxAPIError): void {
    explained(error, this.#exchange)
  }
}

import { SandboxAPIError, SandboxConnectionError, SandboxValidationError } from '../errors.js'
import type { RequestOptions, Settings } from '../options.js'
import type { Exchange } from '../transport/exchange.js'
import { explained } from '../transport/failure.js'
import { type HeaderRecord, LeanRequest } from '../transport/request.js'
import { Transport } from '../transport/transport.js'
import { type SandboxApi, callAny, createApi } from './api.js'
import { type CallControl, controlOf } from './call-control.js'
import { checkRequestOptions } from './call-options.js'
import { type Answer, type AnsweringId, type Given, type OperationId, isAnswer, routeOf } from './operations.js'
import { errorFromResponse } from './response-errors.js'
import { serializePath } from './serializers.js'

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
  /** Told of the call as it begins. */
  readonly begun?: (call: CallControl) => void
}

const noTraits: Traits = {}
const noHeaders: HeaderRecord = {}

/**
 * The one way of a call: its options and path checked, through openapi-fetch to the transport, and back as a domain object or an
 * error.
 */
export class Core {
  readonly settings: Settings
  readonly #transport: Transport
  readonly #api: SandboxApi
  /** Whether somebody may look at a Request on its way, and put another Response in the place of the one that came. */
  #isWatched: boolean

  constructor(settings: Settings) {
    this.settings = settings
    this.#transport = new Transport(settings)
    this.#api = createApi(settings, this.#transport)
    this.#isWatched = settings.middleware.length > 0
  }

  /** The raw client. Whoever has it may give it middleware. */
  takeApi(): SandboxApi {
    this.#isWatched = true
    return this.#api
  }

  /** A call that answers a body of the spec, which becomes a domain object. */
  body<Id extends AnsweringId, Domain>(
    operation: Id,
    given: Given<Id>,
    options: RequestOptions,
    toDomain: (wire: Answer<Id>) => Domain | Promise<Domain>,
    traits: Traits = noTraits,
  ): Promise<Domain> {
    return this.#call(operation, given, options, traits, (response, exchange, text) =>
      text === undefined
        ? response.text().then((each) => toDomain(parse(operation, each, response, exchange)))
        : toDomain(parse(operation, text, response, exchange)),
    )
  }

  /** A call whose body, if there is one, says nothing. */
  nothing<Id extends OperationId>(operation: Id, given: Given<Id>, options: RequestOptions): Promise<void> {
    return this.#call(operation, given, options, noTraits, () => undefined)
  }

  /** A call whose body is read later, by the caller. The deadline then runs between two chunks. */
  stream<Id extends OperationId>(
    operation: Id,
    given: Given<Id>,
    options: RequestOptions,
    traits: Traits,
  ): Promise<Response> {
    return this.#call(operation, given, options, { ...traits, body: 'idle' }, (response) => response)
  }

  close(): void {
    this.#transport.close()
  }

  /** `read` gets the text of a success, where the body was read and nobody has looked on. */
  async #call<Id extends OperationId, T>(
    operation: Id,
    given: Given<Id>,
    options: RequestOptions,
    traits: Traits,
    read: (response: Response, exchange: Exchange, text: string | undefined) => T | Promise<T>,
  ): Promise<T> {
    const { path: values = {}, query, body } = given
    const [method, path] = routeOf(operation)
    // Here, where the caller is still in reach of the error's stack.
    const filledPath = serializePath(path, values)
    const isWatched = this.#isWatched
    const exchange = this.#begin(operation, options, traits)
    try {
      const { response, error } = await callAny(this.#api)(method, isWatched ? path : filledPath, {
        // openapi-fetch adds it to a copy: where it is there already, that is ten times as fast.
        method,
        params: isWatched ? { path: values, query } : { query },
        body,
        headers: isWatched ? exchange.plan.headers : noHeaders,
        parseAs: 'stream',
        Request: isWatched ? undefined : LeanRequest,
        fetch: (request) => this.#transport.send(request, exchange),
      })
      if (response.ok || isDoneAlready(response, exchange)) {
        return await read(response, exchange, isWatched ? undefined : exchange.text)
      }
      throw errorFromResponse(response, error, {
        method: exchange.method,
        url: exchange.url,
        requestId: exchange.requestId,
        mayHaveRun: exchange.mayHaveRun,
        onSession: path.includes('{sessionId}'),
        hasCredentials: exchange.ownCredentials || exchange.credential !== undefined,
      })
    } catch (error) {
      exchange.finish()
      throw checked(error, exchange)
    }
  }

  #begin(operation: OperationId, options: RequestOptions, traits: Traits): Exchange {
    const { signal, timeoutMs, maxRetries, headers } = checkRequestOptions(options)
    const { settings } = this
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
    traits.begun?.(controlOf(exchange))
    return exchange
  }
}

/** A DELETE that finds nothing any more, after an attempt whose answer was lost, has done what it was to do. */
function isDoneAlready({ status }: Response, { method, mayHaveRun }: Exchange): boolean {
  return status === 404 && method === 'DELETE' && mayHaveRun
}

function parse<Id extends AnsweringId>(
  operation: Id,
  text: string,
  response: Response,
  exchange: Exchange,
): Answer<Id> {
  let problem = 'the body is empty'
  if (text !== '') {
    try {
      const body: unknown = JSON.parse(text)
      if (isAnswer(operation, body, (found) => (problem = found))) return body
    } catch {
      // The parser's own error would quote the body.
      problem = 'the body is not JSON'
    }
  }
  const message = `${exchange.method} ${exchange.url} succeeded, but ${problem}.`
  // Middleware may have put another response in the place of the one that came.
  throw new SandboxConnectionError(message, exchange.contextOf(response))
}

/** Nothing but the documented errors leaves a call: what middleware throws is wrapped, an abort reason is not. */
function checked(error: unknown, exchange: Exchange): unknown {
  if (exchange.deadline.aborted) return exchange.deadline.reason
  if (error instanceof SandboxValidationError) return error
  const known =
    error instanceof SandboxAPIError
      ? error
      : new SandboxAPIError('The request could not be made; the cause says why.', { cause: error })
  return explained(known, exchange)
}

import { SandboxAPIError, SandboxConnectionError, SandboxValidationError } from '../errors.js'
import type { RequestOptions, Settings } from '../options.js'
import type { Call } from '../transport/call.js'
import { explained } from '../transport/failure.js'
import { type HeaderRecord, LeanRequest } from '../transport/request.js'
import { Transport } from '../transport/transport.js'
import { type SandboxApi, callAny, createApi } from './api.js'
import { type CallControl, controlOf } from './call-control.js'
import { checkRequestOptions } from './call-options.js'
import { type Answer, type AnsweringId, type Given, type OperationId, isAnswer, routeOf } from './operations.js'
import { errorFromResponse } from './response-errors.js'
import { serializePath } from './serializers.js'

/** How a call differs from others. */
export interface Traits {
  /** Default `application/json`. */
  readonly accept?: string
  /** Default `buffered`. */
  readonly body?: 'buffered' | 'idle'
  /** The deadline when the caller names none. */
  readonly timeoutMs?: number
  /** Whether the call may safely run twice. Default: its method and headers decide. */
  readonly repeatable?: boolean
  /** Sent unless the caller has others of these names. */
  readonly headers?: Readonly<HeaderRecord>
  /** Called with the call as it begins. */
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
  /** Whether middleware may look at a Request on its way, or replace the Response. */
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
    return this.#call(operation, given, options, traits, (response, call, text) =>
      text === undefined
        ? response.text().then((each) => toDomain(parse(operation, each, response, call)))
        : toDomain(parse(operation, text, response, call)),
    )
  }

  /** A call whose answer has no body of interest. */
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

  /** `read` gets the text of a success, if the body was read and no middleware has seen the response. */
  async #call<Id extends OperationId, T>(
    operation: Id,
    given: Given<Id>,
    options: RequestOptions,
    traits: Traits,
    read: (response: Response, call: Call, text: string | undefined) => T | Promise<T>,
  ): Promise<T> {
    const { path: values = {}, query, body } = given
    const [method, path] = routeOf(operation)
    // Done here, where the stack of an error still contains the caller.
    const filledPath = serializePath(path, values)
    const isWatched = this.#isWatched
    const call = this.#begin(operation, options, traits)
    try {
      const { response, error } = await callAny(this.#api)(method, isWatched ? path : filledPath, {
        // openapi-fetch adds it to a copy of this, which is ten times as fast when it is there already.
        method,
        params: isWatched ? { path: values, query } : { query },
        body,
        headers: isWatched ? call.plan.headers : noHeaders,
        parseAs: 'stream',
        Request: isWatched ? undefined : LeanRequest,
        fetch: (request) => this.#transport.send(request, call),
      })
      if (response.ok || isDoneAlready(response, call)) {
        return await read(response, call, isWatched ? undefined : call.text)
      }
      throw errorFromResponse(response, error, {
        method: call.method,
        url: call.url,
        requestId: call.requestId,
        mayHaveRun: call.mayHaveRun,
        onSession: path.includes('{sessionId}'),
        hasCredentials: call.ownCredentials || call.credential !== undefined,
      })
    } catch (error) {
      call.finish()
      throw checked(error, call)
    }
  }

  #begin(operation: OperationId, options: RequestOptions, traits: Traits): Call {
    const { signal, timeoutMs, maxRetries, headers } = checkRequestOptions(options)
    const { settings } = this
    const { accept = 'application/json', body = 'buffered', repeatable } = traits
    const call = this.#transport.begin({
      operation,
      signal,
      timeoutMs: timeoutMs ?? traits.timeoutMs ?? settings.timeoutMs,
      maxRetries: maxRetries ?? settings.maxRetries,
      headers: { accept, ...settings.headers, ...traits.headers, ...headers },
      idleTimeoutMs: timeoutMs ?? settings.timeoutMs,
      repeatable,
      body,
    })
    traits.begun?.(controlOf(call))
    return call
  }
}

/** A DELETE that finds nothing any more, after an attempt whose answer was lost, has succeeded. */
function isDoneAlready({ status }: Response, { method, mayHaveRun }: Call): boolean {
  return status === 404 && method === 'DELETE' && mayHaveRun
}

function parse<Id extends AnsweringId>(operation: Id, text: string, response: Response, call: Call): Answer<Id> {
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
  const message = `${call.method} ${call.url} succeeded, but ${problem}.`
  // Middleware may have replaced the response that came.
  throw new SandboxConnectionError(message, call.contextOf(response))
}

/** Only documented errors leave a call: what middleware throws is wrapped, but an abort reason is thrown as it is. */
function checked(error: unknown, call: Call): unknown {
  if (call.deadline.aborted) return call.deadline.reason
  if (error instanceof SandboxValidationError) return error
  const known =
    error instanceof SandboxAPIError
      ? error
      : new SandboxAPIError('The request could not be made; the cause says why.', { cause: error })
  return explained(known, call)
}

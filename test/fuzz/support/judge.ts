import { knownErrorCodes } from 'sandbox-sessions-conformance'
import { type Exchange, isObject, type JsonObject, type SpecChecker } from 'sandbox-sessions-openapi'
import type { Outcome } from './exchange.js'
import { fuzzLimits } from './fuzz-limits.js'
import type { SessionModel } from './session-model.js'

/** The request of an exchange, as far as the model has to know it. */
interface Meaning {
  readonly operation: string | undefined
  /** In lower case. */
  readonly sessionId: string | undefined
}

/** Holds answers against the spec and against what came before. */
export class Judge {
  readonly #codes: ReadonlySet<string>

  constructor(
    private readonly checker: SpecChecker,
    private readonly model: SessionModel,
    /** Sessions at a time; undefined where others make some, too. */
    private readonly maxSessions: number | undefined,
  ) {
    this.#codes = new Set(knownErrorCodes(checker.spec))
  }

  /** Undefined for a request that names no operation. */
  operationOf({ request }: Exchange): Meaning {
    const found = this.checker.spec.match(request.method, request.target.split('?')[0] ?? '')
    return { operation: found?.operation.id, sessionId: found?.path['sessionId']?.toLowerCase() }
  }

  /** Whether a lack of room was the answer, and the model knows of none. */
  isRefusedInVain(outcome: Outcome): boolean {
    return outcome.kind === 'answer' && outcome.exchange.response.status === 503 && !this.#isFull
  }

  get #isFull(): boolean {
    return this.model.all.length >= (this.maxSessions ?? 0)
  }

  /** What is wrong with the answer; the model learns from it. */
  judge(exchange: Exchange): string[] {
    const { status } = exchange.response
    const body = jsonOf(exchange.response.body)
    const meaning = this.operationOf(exchange)
    // Who sends more headers than are read gets an Error, though of none of the API's operations: nobody knows of which.
    const isUnread = status === 431 && sizeOfHead(exchange) > fuzzLimits.maxHeaderBytes - 1_000
    const found = isUnread ? [] : this.checker.check(exchange).map(({ message }) => message)
    if (status >= 400 && exchange.response.body !== undefined) found.push(...this.#judgeError(status, body, meaning))
    else if (status < 300) found.push(...this.#judgeSuccess(exchange, body, meaning))
    return found
  }

  #judgeError(status: number, body: unknown, { operation, sessionId }: Meaning): string[] {
    const { error, message } = isObject(body) ? body : {}
    const found: string[] = []
    if (typeof error !== 'string' || !this.#codes.has(error)) found.push(`the code ${String(error)} is not known`)
    if (typeof message !== 'string' || !/^\S.{10,}\.$/su.test(message)) {
      found.push(`the message says too little: ${String(message)}`)
    }
    if (status === 500) found.push('the service failed')
    if (status === 503 && !(operation === 'createSession' && this.#isFull)) {
      found.push(`503, and there is room: ${this.model.all.length} sessions live`)
    }
    const isLive = sessionId !== undefined && this.model.ids.includes(sessionId)
    if (error === 'SESSION_NOT_FOUND' && isLive) found.push('the session is there')
    if (error === 'SESSION_PAUSED' && this.model.statusOf(sessionId ?? '') !== 'paused') found.push('it is not paused')
    return found
  }

  #judgeSuccess({ request }: Exchange, body: unknown, { operation, sessionId }: Meaning): string[] {
    if (sessionId !== undefined && !this.model.ids.includes(sessionId)) return ['no such session can be used']
    const status = this.model.statusOf(sessionId ?? '')
    const session: JsonObject = isObject(body) ? body : {}
    switch (operation) {
      case 'createSession': {
        const key = request.headers.get('idempotency-key') ?? undefined
        const found = this.model.created(session, jsonOf(request.body), key)
        const { length } = this.model.all
        return this.maxSessions !== undefined && length > this.maxSessions
          ? [...found, `${length} sessions live`]
          : found
      }
      case 'getSession':
        return request.method === 'HEAD' || body === undefined ? [] : this.model.seen(session)
      case 'updateSession':
        return this.model.changed(session)
      case 'pauseSession':
        return [...(status === 'running' ? [] : ['it was paused before']), ...this.model.changed(session)]
      case 'resumeSession':
        return [...(status === 'paused' ? [] : ['it was running before']), ...this.model.changed(session)]
      case 'deleteSession':
        this.model.ended(sessionId ?? '')
        return []
      case 'executeCommand':
      case 'executeCode':
        return status === 'paused' ? ['something ran in a paused session'] : []
      default:
        return []
    }
  }
}

function sizeOfHead({ request }: Exchange): number {
  const { method, target, headers } = request
  return [...headers].reduce(
    (sum, [name, value]) => sum + name.length + value.length + 4,
    method.length + target.length,
  )
}

export function jsonOf(body: Uint8Array | undefined): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(body ?? []).toString())
    return value
  } catch {
    return undefined
  }
}

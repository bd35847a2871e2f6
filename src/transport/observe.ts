import {
  type CallInfo,
  type ClientHooks,
  LogLevel,
  type Logger,
  type RequestEvent,
  type ResponseEvent,
  type RetryEvent,
} from '../options.js'

/** The least important level comes first. */
const levels: readonly LogLevel[] = Object.values(LogLevel)

export type Observer = Reporter

/** Undefined when nobody listens, so that nothing needs to be measured. */
export function createObserver(
  hooks: ClientHooks | undefined,
  logger: Logger | undefined,
  level: LogLevel,
): Observer | undefined {
  return hooks === undefined && logger === undefined ? undefined : new Reporter(hooks ?? {}, logger, level)
}

/** Tells the hooks and the logger what happens. Headers and bodies are never logged. */
class Reporter {
  readonly #hooks: ClientHooks
  readonly #logger: Logger | undefined
  readonly #level: LogLevel

  constructor(hooks: ClientHooks, logger: Logger | undefined, level: LogLevel) {
    this.#hooks = hooks
    this.#logger = logger
    this.#level = level
  }

  request(event: RequestEvent): void {
    this.#call(() => this.#hooks.onRequest?.(event))
    this.#log('debug', event, 'is sent')
  }

  response(event: ResponseEvent): void {
    this.#call(() => this.#hooks.onResponse?.(event))
    const failed = event.status === undefined || event.status >= 400
    this.#log(failed ? 'info' : 'debug', event, `${outcome(event)} after ${Math.round(event.durationMs)} ms`)
  }

  retry(event: RetryEvent): void {
    this.#call(() => this.#hooks.onRetry?.(event))
    this.#log('warn', event, `${outcome(event)}, is tried again in ${Math.round(event.delayMs)} ms`)
  }

  /** `hook` calls one of the hooks as a method of its object. */
  #call(hook: () => unknown): void {
    const failed = (error: unknown): void => {
      this.#write('error', `A hook failed: ${String(error)}`)
    }
    try {
      const result = hook()
      // Left alone, the rejection of an async hook would end the process.
      Promise.resolve(result).catch(failed)
    } catch (error) {
      failed(error)
    }
  }

  #log(level: LogLevel, { call, attempt }: { call: CallInfo; attempt: number }, what: string): void {
    if (this.#logger === undefined) return
    this.#write(level, `${call.method} ${call.url} (request ${call.requestId}, attempt ${attempt}) ${what}`)
  }

  #write(level: LogLevel, message: string): void {
    if (this.#logger === undefined || levels.indexOf(level) < levels.indexOf(this.#level)) return
    try {
      this.#logger[level](message)
    } catch {
      // A broken logger must not break the call, and there is nowhere left to say so.
    }
  }
}

function outcome({ status, error }: { status: number | undefined; error: unknown }): string {
  return status === undefined ? `failed (${String(error)})` : `was answered with ${status}`
}

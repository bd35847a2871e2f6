/** One logical call, the same object in every event of it. */
export interface CallInfo {
  /** The operationId; undefined for a call of the raw client. */
  readonly operation: string | undefined
  readonly method: string
  readonly url: string
  /** Sent as `X-Request-Id` with every attempt. */
  readonly requestId: string
}

/** An attempt is about to be sent. */
export interface RequestEvent {
  readonly call: CallInfo
  /** 1 for the first. */
  readonly attempt: number
  /** The headers to be sent, by lower-case name, without the credentials. More can be set, for example `traceparent`. */
  readonly headers: Record<string, string>
}

/** An attempt ended: with a status, or with an error. */
export interface ResponseEvent {
  readonly call: CallInfo
  readonly attempt: number
  /** Milliseconds since the attempt began. A streamed body is not in it. */
  readonly durationMs: number
  readonly status: number | undefined
  readonly error: unknown
}

/** An attempt failed, and another one follows. */
export interface RetryEvent {
  readonly call: CallInfo
  /** The attempt that failed. */
  readonly attempt: number
  readonly delayMs: number
  readonly status: number | undefined
  readonly error: unknown
}

/**
 * Called as things happen, and not waited for. What a hook throws, or rejects with, is logged and otherwise ignored. An instance
 * of a class will do: hooks are called as methods of their object.
 */
export interface ClientHooks {
  readonly onRequest?: ((event: RequestEvent) => unknown) | undefined
  readonly onResponse?: ((event: ResponseEvent) => unknown) | undefined
  readonly onRetry?: ((event: RetryEvent) => unknown) | undefined
}

/** Every hook that there is. */
export const hookNames = ['onRequest', 'onResponse', 'onRetry'] as const satisfies readonly (keyof ClientHooks)[]

/** Where messages go: `console` will do. */
export interface Logger {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export const LogLevel = { Debug: 'debug', Info: 'info', Warn: 'warn', Error: 'error' } as const
/**
 * The least important message that is logged. `debug`: every attempt and its answer. `info`: every call that failed. `warn`
 * (default): every retry. `error`: what a hook threw.
 */
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel]

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

export type Observer = Reporter

/** Undefined when nobody listens: then nothing needs to be measured. */
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

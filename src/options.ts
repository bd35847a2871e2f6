import type { Middleware } from 'openapi-fetch'

/** A secret, or a function that gives one: asked when a call first needs it, and once more when the server answers 401. */
export type Secret = string | (() => string | Promise<string>)

/** Options of a {@link SessionsClient}. */
export interface SessionsClientOptions {
  /** Base address of the API with its version, for example `http://localhost:8080/v1`. Default: `SANDBOX_API_URL`. */
  readonly apiUrl?: string | undefined
  /** Sent as `Authorization: Bearer ...`. Default: `SANDBOX_API_TOKEN`. */
  readonly bearerToken?: Secret | undefined
  /** Sent as `X-API-Key`, in place of a bearer token. Default: `SANDBOX_API_KEY`, when no bearer token is given. */
  readonly apiKey?: string | undefined
  /** Deadline of a call in milliseconds, body included. Default 30 000; `Infinity` for none. */
  readonly timeoutMs?: number | undefined
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * The function that sends requests. Default: the runtime's `fetch`. Like that, it must return a promise of a Response with
   * `status`, `headers` and `text()`, whose `body` is a stream of the web or of Node. It is called without a `this`.
   */
  readonly fetch?: Fetch | undefined
  /** openapi-fetch middleware, around every call (not every attempt). */
  readonly middleware?: readonly Middleware[] | undefined
  /** How often a failed call is tried again where that is safe. Default 2; 0 for never. */
  readonly maxRetries?: number | undefined
  /** The longest wait before another attempt, in milliseconds. Default 60 000. A call asked to wait longer fails instead. */
  readonly maxRetryDelayMs?: number | undefined
  /** Where log messages go, for example `console`, or an instance of a class of your own. Default: nowhere. */
  readonly logger?: Logger | undefined
  /** The least important message that is logged. Default `warn`. */
  readonly logLevel?: LogLevel | undefined
  /** Functions that are called when an attempt begins, ends or is repeated. The object may be an instance of a class. */
  readonly hooks?: ClientHooks | undefined
}

export type Fetch = (input: string, init: RequestInit) => Promise<Response>

/** Options of a single call, the last argument of every method. */
export interface RequestOptions {
  /** Ends the call; it then throws the signal's reason as it is. */
  readonly signal?: AbortSignal | undefined
  /**
   * Deadline of this call in milliseconds, body included; `Infinity` for none. Default: the client's. A command's or code's
   * call defaults to its own `timeout` plus 15 seconds. For a download it is the time between two chunks.
   */
  readonly timeoutMs?: number | undefined
  /** How often this call is tried again where that is safe. Default: the client's. */
  readonly maxRetries?: number | undefined
  /** Sent with this request, over the client's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The options with every default in its place. */
export interface Settings {
  readonly apiUrl: string
  readonly bearerToken: Secret | undefined
  readonly apiKey: string | undefined
  readonly timeoutMs: number
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: Fetch
  readonly middleware: readonly Middleware[]
  readonly maxRetries: number
  readonly maxRetryDelayMs: number
  readonly logger: Logger | undefined
  readonly logLevel: LogLevel
  readonly hooks: ClientHooks | undefined
}

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
  /** Milliseconds since the attempt began, without the time of a streamed body. */
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
 * Called as things happen, and not waited for. An error of a hook, thrown or as a rejection, is logged and otherwise ignored. The
 * hooks may be an instance of a class: they are called as methods of their object.
 */
export interface ClientHooks {
  readonly onRequest?: ((event: RequestEvent) => unknown) | undefined
  readonly onResponse?: ((event: ResponseEvent) => unknown) | undefined
  readonly onRetry?: ((event: RetryEvent) => unknown) | undefined
}

/** Every hook that there is. */
export const hookNames = ['onRequest', 'onResponse', 'onRetry'] as const satisfies readonly (keyof ClientHooks)[]

/** Where log messages go, for example `console`. */
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

/** Limits that the spec leaves to the server. */
export interface Limits {
  /** Sessions at a time, over all users. Default 100. */
  readonly maxSessions: number
  /** Commands and code that run at a time, over all sessions. Default 128. */
  readonly maxRunningCommands: number
  /** Commands and code that run at a time in one session. Default 32. */
  readonly maxRunningCommandsPerSession: number
  /** Commands and code that wait for one of those to end, over all sessions; more are refused at once. Default 512. */
  readonly maxWaitingCommands: number
  /** Commands and code that wait in one session; more are refused at once. Default 128. */
  readonly maxWaitingCommandsPerSession: number
  /** Milliseconds that a command may wait before it is refused. Default 10 000. */
  readonly commandWaitMs: number
  /** Idempotency keys that are remembered for one user within their 24 hours; the oldest go first. Default 10 000. */
  readonly maxIdempotencyKeys: number
  /** Requests of one user in a minute; 0 for any number. Default 60 000, more than any honest use of one machine. */
  readonly requestsPerMinute: number
  /** Requests without valid credentials from one address in a minute; 0 for any number. Default 600. */
  readonly failedLoginsPerMinute: number
  /** Bytes of a JSON body. Default 10 MiB. */
  readonly maxBodyBytes: number
  /** Bytes of one uploaded file. Default 1 GiB. */
  readonly maxFileBytes: number
  /**
   * Bytes of disk that one session's files may take for another upload to be accepted; where the engine can make disk images,
   * also the size of a session's own, at least 16 MiB. Default 10 GiB.
   */
  readonly maxDiskBytes: number
  /** Bytes of memory of one session where the engine limits it; 0 for half of the machine's. Default 0. */
  readonly maxMemoryBytes: number
  /** Bytes that are kept of each of stdout and stderr of one command; event streams have no such limit. Default 10 MiB. */
  readonly maxOutputBytes: number
  /** Bytes of the outputs of all commands that are kept until their answers are sent; what does not fit is left out. Default 256 MiB. */
  readonly maxHeldOutputBytes: number
  /**
   * Milliseconds that a command has to end by itself, after SIGTERM, at its timeout or when its caller went away, before it
   * is killed; 0 kills at once. Default 2000. Clients wait only a few seconds longer than the timeout.
   */
  readonly killGraceMs: number
  /** Bytes of all headers of a request. Default 16 KiB. */
  readonly maxHeaderBytes: number
  /** Milliseconds that a connection may take to send its headers. Default 20 000. */
  readonly headersTimeoutMs: number
  /** Milliseconds that a body may pause between two pieces. Default 60 000. */
  readonly bodyIdleTimeoutMs: number
  /** Milliseconds that a request may take to arrive in all. Default one hour: an upload may be long. */
  readonly requestTimeoutMs: number
  /** Milliseconds of silence after which an event stream says that it is alive. Default 15 000. */
  readonly keepAliveMs: number
  /** Milliseconds for which the reader of an event stream or a download may take nothing. Default 5 minutes. */
  readonly readerIdleTimeoutMs: number
}

export const defaultLimits: Limits = {
  maxSessions: 100,
  maxRunningCommands: 128,
  maxRunningCommandsPerSession: 32,
  maxWaitingCommands: 512,
  maxWaitingCommandsPerSession: 128,
  commandWaitMs: 10_000,
  maxIdempotencyKeys: 10_000,
  requestsPerMinute: 60_000,
  failedLoginsPerMinute: 600,
  maxBodyBytes: 10 * 1024 ** 2,
  maxFileBytes: 1024 ** 3,
  maxDiskBytes: 10 * 1024 ** 3,
  maxMemoryBytes: 0,
  maxOutputBytes: 10 * 1024 ** 2,
  maxHeldOutputBytes: 256 * 1024 ** 2,
  killGraceMs: 2000,
  maxHeaderBytes: 16 * 1024,
  headersTimeoutMs: 20_000,
  bodyIdleTimeoutMs: 60_000,
  requestTimeoutMs: 3_600_000,
  keepAliveMs: 15_000,
  readerIdleTimeoutMs: 300_000,
}

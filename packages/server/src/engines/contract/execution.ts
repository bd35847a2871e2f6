export interface ExecRequest {
  /** The program and its arguments; a shell is named like any other program. */
  readonly argv: readonly [string, ...string[]]
  /** Added to the environment that the engine gives every process. */
  readonly env: Readonly<Record<string, string>>
  /** Relative to the sandbox root; PathEscapesError when it leaves it, ExecStartError when it is missing. */
  readonly cwd: string
  /**
   * What the process reads from its standard input, followed by the end of input. The iterable is read once the process runs, no
   * faster than the process reads, and no further when the process ends; {@link Execution.inputDone} tells how that went. `open`
   * leaves the input to {@link ExecutionHandle.writeInput}. Default none: the process sees the end of input at once.
   */
  readonly stdin?: AsyncIterable<Uint8Array> | 'open' | undefined
  /**
   * Runs it in a terminal of this size, which has one output, `stdout`, and takes its input from the terminal.
   *
   * @throws {NotSupportedError} where {@link EngineCapabilities.terminal} is false.
   */
  readonly terminal?: TerminalSize | undefined
  /** After this time the process and all its descendants are ended, as by {@link ExecutionHandle.kill}. */
  readonly timeoutMs: number
  /**
   * How long they may take to end by themselves, after SIGTERM, before they are killed; in milliseconds, 0 kills at once.
   * Pausing stops this clock, too. Default 2000.
   */
  readonly graceMs?: number
  /**
   * How many of the latest bytes of each output are kept for whoever follows it later, also when the process has ended; see
   * {@link ExecutionHandle.follow}. Default 0: the execution is forgotten when it ends.
   */
  readonly keepOutputBytes?: number
}

/** In characters. */
export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

export type OutputName = 'stdout' | 'stderr'

export type SignalName =
  'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGTERM' | 'SIGKILL' | 'SIGUSR1' | 'SIGUSR2' | 'SIGSTOP' | 'SIGCONT'

/** A process that was started in a sandbox, for everybody who knows its id, also another server on the same sandbox. */
export interface ExecutionHandle {
  /** No other execution of the sandbox, running or ended, ever has the same. */
  readonly id: string
  /**
   * Resolves when the process has ended. Never rejects for what the process did. Rejects with {@link SandboxGoneError}
   * when the sandbox ended while it ran.
   *
   * Its outputs end no later than shortly after it: a background process that holds the pipe open must not hold the
   * command (its later output is dropped).
   */
  readonly exit: Promise<ExecutionExit>
  /**
   * Follows an output from a position, in bytes from its beginning, to its end: first what is kept of it, then what comes.
   *
   * The process waits for the slowest of its followers once that is more than {@link ExecRequest.keepOutputBytes} behind, so
   * that none misses anything after it began. While nobody follows, the process does not wait: what is kept are the latest bytes.
   * {@link FollowedOutput.start} shows when a position is too old.
   *
   * @throws {OutputPositionError} when the output is not that long yet.
   * @throws {ExecutionNotFoundError} when the execution has ended and is no longer kept.
   */
  follow(output: OutputName, from: number): Promise<FollowedOutput>
  /**
   * Passes more to the input of a process that was started with `stdin: 'open'`. Resolves when all of it
   * is in the pipe that the process reads. Calls are served one after the other.
   *
   * @throws {InputClosedError} when the process takes no input (any more).
   */
  writeInput(content: AsyncIterable<Uint8Array>): Promise<void>
  /** The process sees the end of its input, after what was written before. @throws {InputClosedError} */
  endInput(): Promise<void>
  /**
   * Sends a signal to the process and to what it started in its process group; what has moved to a group or session of its
   * own, as an interactive shell's jobs do, does not get it.
   *
   * @throws {ExecutionEndedError} @throws {SandboxPausedError} since nothing could act on it.
   */
  signal(name: SignalName): Promise<void>
  /** Gives the terminal another size. Present exactly when the process was started with {@link ExecRequest.terminal}. */
  resize?(size: TerminalSize): Promise<void>
  /**
   * Ends the process and all its descendants, also those with a session (`setsid`) of their own: each gets SIGTERM, and SIGKILL
   * if it is left after {@link ExecRequest.graceMs}. Resolves when nothing is left, which may be before that. In a paused
   * sandbox, where nothing can act on a signal, they are killed at once.
   *
   * What {@link Execution.stdout} and {@link Execution.stderr} have no room for by then is dropped from these two.
   */
  kill(): Promise<void>
  /** Forgets the process, and what is kept of its output, as soon as it has ended. Calling this again is no error. */
  forget(): Promise<void>
}

/**
 * What {@link Sandbox.exec} gives: a handle, and a follower of each output from its beginning. `stdout` and `stderr` must
 * both be consumed or left (or {@link ExecutionHandle.kill} called): a process whose output nobody reads waits.
 */
export interface Execution extends ExecutionHandle {
  readonly stdout: AsyncIterable<Uint8Array>
  readonly stderr: AsyncIterable<Uint8Array>
  /**
   * Resolves when all of {@link ExecRequest.stdin} was passed on, or the process takes no more of it. Rejects with what
   * the iterable threw; the process then saw the end of its input.
   */
  readonly inputDone: Promise<void>
}

export interface FollowedOutput {
  /** Where the content begins: later than the position that was asked for when the bytes between are gone. */
  readonly start: number
  /** One reader; leaving the loop ends it. Throws {@link SandboxGoneError} when the sandbox ends. */
  readonly content: AsyncIterable<Uint8Array>
}

export interface ExecutionExit {
  /** Null when a timeout or {@link ExecutionHandle.kill} ended it; 128 + n when the process died of signal n by itself. */
  readonly exitCode: number | null
  /** The signal that it died of by itself, for example `SIGSEGV`. */
  readonly signal: string | undefined
  readonly timedOut: boolean
  /**
   * The kernel killed a process of the sandbox for want of memory while this one ran: of this command, or of another that ran
   * beside it. Always false where the engine does not limit memory.
   */
  readonly outOfMemory: boolean
  readonly durationMs: number
}

import type { Execution, ExecutionExit } from '../engines/contract/execution.js'
import type { SandboxLimits } from '../engines/contract/options.js'
import { ExecStartError } from '../engines/contract/errors.js'
import type { Clock } from './clock.js'
import { CommandSlots, type CommandSlotsOptions, type Watch } from './command-slots.js'
import { CallerGoneError, InvalidCommandError, ShuttingDownError } from './errors.js'
import type { LiveSession } from './live-session.js'
import { type OutputEncoding, collectOutput, named } from './output.js'
import { type HeldOutput, OutputBudget } from './output-budget.js'
import { type OutputSink, pumpOutput } from './output-sink.js'
import { memoryNote, withNote } from './memory-note.js'
import type { Program } from './programs/program.js'
import type { Sessions } from './sessions.js'

/** The longest single string, and a safe bound for all of them, that Linux lets a process start with. */
const longestString = 128 * 1024 - 1
const longestStart = 1024 * 1024

export interface CommandRequest {
  /** Each is tried in turn until one is found in the sandbox. */
  readonly programs: readonly Program[]
  /** Added to the environment that the sandbox sets. */
  readonly env: Readonly<Record<string, string>>
  /** Relative to the sandbox root. */
  readonly cwd: string
  /** What the program reads from its standard input. */
  readonly stdin: Uint8Array
  /** How its output is given. */
  readonly encoding: OutputEncoding
  /** Seconds. */
  readonly timeout: number
}

export interface CommandOutcome {
  readonly status: 'completed' | 'failed' | 'timeout'
  /** Null when it was killed at its timeout. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** Missing when stdout and stderr are text. */
  readonly encoding?: 'base64'
  readonly truncated: boolean
  /** How long it ran, in whole milliseconds. */
  readonly durationMs: number
}

/** Runs programs in sessions. */
export class CommandService {
  readonly #slots: CommandSlots
  readonly #budget: OutputBudget

  constructor(
    private readonly sessions: Sessions,
    private readonly options: CommandSlotsOptions & {
      /** How much of each of stdout and stderr is kept, in bytes. */
      readonly maxOutputBytes: number
      /** How much of all outputs together is kept until their answers are sent, in bytes. */
      readonly maxHeldOutputBytes: number
      /** How long a command that is ended may take to end by itself before it is killed, in milliseconds. */
      readonly killGraceMs: number
    },
    clock: Clock,
  ) {
    this.#slots = new CommandSlots(options, clock)
    this.#budget = new OutputBudget(options.maxHeldOutputBytes)
    sessions.onDrain(() => this.#slots.dismiss(new ShuttingDownError()))
  }

  /**
   * Runs a command to its end, keeps its output up to the cap, and delivers the outcome.
   *
   * @param signal Kills the command, for a caller that went away.
   * @param deliver Its output counts for what all outputs may hold together until this has resolved.
   * @throws What {@link CommandService.follow} does.
   */
  async run<Result>(
    owner: string,
    id: string,
    command: CommandRequest,
    signal: AbortSignal,
    deliver: (outcome: CommandOutcome) => Promise<Result>,
  ): Promise<Result> {
    const held = this.#budget.open()
    try {
      return await deliver(await this.#collect(owner, id, command, signal, held))
    } finally {
      held.release()
    }
  }

  #collect(
    owner: string,
    id: string,
    command: CommandRequest,
    signal: AbortSignal,
    held: HeldOutput,
  ): Promise<CommandOutcome> {
    const { maxOutputBytes } = this.options
    const { encoding } = command
    return this.follow(owner, id, command, signal, async ({ stdout, stderr, exit }, limits) => {
      const [out, err, ending] = await Promise.all([
        collectOutput(stdout, maxOutputBytes, encoding, held),
        collectOutput(stderr, maxOutputBytes, encoding, held),
        exit,
      ])
      const truncated = out.truncated || err.truncated
      // As bytes, it is exactly what the command wrote.
      const note = encoding === 'utf-8' ? memoryNote(ending, limits) : ''
      const text = { stdout: out.data, stderr: withNote(err.data, note) }
      return { ...outcomeOf(ending), ...text, truncated, ...named(encoding) }
    })
  }

  /**
   * Runs a command to its end and passes all of its output on as it comes, as fast as it is taken: while nobody takes it, the
   * command waits. The outcome has no output.
   *
   * @param open Called when the command runs, before any output is written.
   * @param signal Kills the command, for a caller that went away.
   * @throws What {@link CommandService.follow} does.
   */
  stream(
    owner: string,
    id: string,
    command: CommandRequest,
    signal: AbortSignal,
    open: () => OutputSink,
  ): Promise<CommandOutcome> {
    return this.follow(owner, id, command, signal, async (execution, limits) => {
      const { encoding } = command
      const sink = open()
      await pumpOutput(execution, encoding, sink, signal)
      const ending = await execution.exit
      const note = encoding === 'utf-8' ? memoryNote(ending, limits) : ''
      // Nobody keeps what was sent, so that it begins a line by itself whatever came before.
      if (note !== '') sink.write('stderr', { data: `\n${note}` })
      return { ...outcomeOf(ending), stdout: '', stderr: '', truncated: false, ...named(encoding) }
    })
  }

  /**
   * Starts a command when it is its turn, and passes it to a consumer, which must read both outputs. The command is killed if the
   * consumer fails.
   *
   * @throws {SessionPausedError} @throws {SessionNotFoundError} also when the session ends meanwhile.
   * @throws {ShuttingDownError} @throws {InvalidCommandError} @throws {ExecStartError} @throws {CapacityExceededError}
   * @throws {InterruptedError} @throws {SandboxEndedError} @throws {CallerGoneError}
   */
  async follow<Result>(
    owner: string,
    id: string,
    command: CommandRequest,
    signal: AbortSignal,
    consume: (execution: Execution, limits: SandboxLimits) => Promise<Result>,
  ): Promise<Result> {
    this.sessions.assertOpen()
    assertStartable(command)
    return await this.sessions.use(owner, id, async (session) => {
      session.assertRunning()
      if (signal.aborted) throw new CallerGoneError()
      const release = await this.#slots.take(session.record.id, watchOf(session, signal))
      try {
        // It may have been paused while this waited for its turn.
        session.assertRunning()
        session.touch()
        const { limits } = session.sandbox
        const execution = await startFirst(session, command, this.options.killGraceMs)
        return await consumeUntil(signal, execution, () => consume(execution, limits))
      } finally {
        release()
        session.touch()
      }
    })
  }
}

/** Waiting is pointless when the session ends or is paused, or nobody waits for the answer. */
function watchOf(session: LiveSession, signal: AbortSignal): Watch {
  return (leave) => {
    const leaveAborted = () => leave(new CallerGoneError())
    const stop = session.onStandstill(leave)
    signal.addEventListener('abort', leaveAborted, { once: true })
    return () => {
      stop()
      signal.removeEventListener('abort', leaveAborted)
    }
  }
}

function outcomeOf({ exitCode, timedOut, durationMs }: ExecutionExit) {
  return {
    status: timedOut ? 'timeout' : exitCode === 0 ? 'completed' : 'failed',
    exitCode: timedOut ? null : exitCode,
    durationMs: Math.round(durationMs),
  } as const
}

async function consumeUntil<Result>(
  signal: AbortSignal,
  execution: Execution,
  consume: () => Promise<Result>,
): Promise<Result> {
  const kill = () => execution.kill().catch(() => undefined)
  const onAbort = () => void kill()
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await consume()
  } catch (error) {
    // It keeps its slot until all its processes are gone.
    await kill()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

async function startFirst(session: LiveSession, command: CommandRequest, graceMs: number): Promise<Execution> {
  let failure: unknown = new ExecStartError('There is no program to start.')
  for (const { argv, stdin } of command.programs) {
    try {
      return await session.sandbox.exec({
        argv,
        env: command.env,
        cwd: command.cwd,
        stdin: inputOf(stdin, command.stdin),
        timeoutMs: command.timeout * 1_000,
        graceMs,
      })
    } catch (error) {
      if (!(error instanceof ExecStartError)) throw error
      failure = error
    }
  }
  throw failure
}

/** What a program reads: its own part first. */
function inputOf(...parts: readonly Uint8Array[]): AsyncIterable<Uint8Array> | undefined {
  const chunks = parts.filter(({ byteLength }) => byteLength > 0)
  if (chunks.length === 0) return undefined
  return (async function* () {
    yield* chunks
  })()
}

function assertStartable({ programs, env, cwd }: CommandRequest): void {
  if (cwd.includes('\0')) throw new InvalidCommandError('cwd must not contain a NUL.', { parameter: 'cwd' })
  let total = programs[0]?.argv.reduce((sum, argument) => sum + Buffer.byteLength(argument), 0) ?? 0
  for (const [name, value] of Object.entries(env)) {
    const parameter = `env.${name}`
    if (name === '' || /[=\0]/.test(name)) {
      throw new InvalidCommandError('The name of an environment variable must not be empty or contain = or a NUL.', {
        parameter: 'env',
      })
    }
    if (value.includes('\0')) throw new InvalidCommandError(`${parameter} must not contain a NUL.`, { parameter })
    const size = Buffer.byteLength(name) + Buffer.byteLength(value) + 1
    if (size > longestString) {
      throw new InvalidCommandError(`${parameter} must have at most ${longestString} bytes, got ${size}.`, {
        parameter,
      })
    }
    total += size
  }
  if (total > longestStart) {
    throw new InvalidCommandError(`env must have at most ${longestStart} bytes in all, got ${total}.`, {
      parameter: 'env',
    })
  }
}

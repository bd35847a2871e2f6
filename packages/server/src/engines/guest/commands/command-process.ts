import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { Failure } from '../failure.js'
import { census, environmentHas, inspect } from '../processes/census.js'
import type { ProcessInfo } from '../processes/census.js'
import { Hunt } from '../processes/hunt.js'
import { commandMark } from '../processes/marks.js'
import { scoreOf } from '../processes/scores.js'
import type { Scores } from '../processes/scores.js'
import type { ExecOutcome } from '../protocol/messages.js'
import { PausableTimer } from './pausable-timer.js'
import { Grace } from './grace.js'

export interface CommandStart {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly directory: string
  /** For standard input (none: empty), output and error output. */
  readonly descriptors: readonly [number | 'ignore', number, number]
  readonly timeoutMs: number
  /** How long its processes may take to end by themselves when it is ended, in milliseconds; 0 kills them at once. */
  readonly graceMs: number
  /** Unique among all commands of all sandboxes. */
  readonly mark: string
  readonly scores: Scores
  /** Whether this is the only command, so that a new orphan can only be its own. */
  readonly isAlone: () => boolean
  /** In a PID namespace of its own. */
  readonly isolated: boolean
  /** How much it gives way to the supervisor. */
  readonly niceness: number
}

/** The process of a command, with all its descendants. */
export class CommandProcess {
  readonly exit: Promise<ExecOutcome>
  readonly #child: ChildProcess
  readonly #leader: number
  /** Undefined when it had ended before anybody could look. */
  readonly #leaderKey: string | undefined
  readonly #start: CommandStart
  readonly #before: Set<string>
  /** Undefined when others have the same. */
  readonly #score: number | undefined
  readonly #timer: PausableTimer
  #ending: Promise<void> | undefined
  #ended: 'no' | 'killed' | 'timed out' = 'no'
  #grace: Grace | undefined
  #paused = false

  private constructor(
    child: ChildProcess,
    leader: number,
    score: number | undefined,
    start: CommandStart,
    before: Set<string>,
  ) {
    this.#child = child
    this.#leader = leader
    this.#leaderKey = inspect(leader)?.key
    this.#start = start
    this.#before = before
    this.#score = score
    const startedAt = performance.now()
    this.#timer = new PausableTimer(start.timeoutMs, () => void this.#end('timed out'))
    this.exit = new Promise((resolve) => {
      child.on('exit', (code, signal) => {
        this.#timer.clear()
        const own = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
        const outcome = {
          exitCode: this.#ended === 'no' ? own : null,
          signal: this.#ended === 'no' ? signal : null,
          timedOut: this.#ended === 'timed out',
          durationMs: performance.now() - startedAt,
        }
        // The command is over only when the last of its descendants is.
        void Promise.resolve(this.#ending).then(() => resolve(outcome))
      })
    })
  }

  /** @throws {Failure} ExecStart. */
  static async start(start: CommandStart): Promise<CommandProcess> {
    const before = new Set(start.isolated ? [...census().values()].map((info) => info.key) : [])
    try {
      const [program = '', ...args] = start.argv
      const { started: child, score } = start.scores.start(() =>
        spawn(program, args, {
          cwd: start.directory,
          env: { ...start.env, [commandMark]: start.mark },
          stdio: [...start.descriptors],
          detached: true,
        }),
      )
      giveWay(child.pid, start.niceness)
      await new Promise((resolve, reject) => child.once('spawn', resolve).on('error', reject))
      const leader = child.pid
      if (leader === undefined) throw new Failure('ExecStart', 'The program could not be started.')
      return new CommandProcess(child, leader, score, start, before)
    } catch (error) {
      throw new Failure('ExecStart', startMessage(error, start.argv[0] ?? ''))
    }
  }

  /**
   * Asks the process and all its descendants to end, kills what is left after the grace, and resolves when none is left. A paused
   * process can't end by itself, and is killed at once. No effect once it has ended.
   */
  kill(): Promise<void> {
    if (this.#paused) this.#grace?.cut()
    return this.#end('killed')
  }

  /**
   * Signals the process and its group. The group has the process's own number, which nobody else can have while it runs.
   *
   * @returns false when it has ended.
   */
  signal(name: string): boolean {
    if (!this.#running) return false
    process.kill(-this.#leader, name)
    return true
  }

  pauseClock(): void {
    this.#paused = true
    this.#timer.pause()
    this.#grace?.pause()
  }

  resumeClock(): void {
    this.#paused = false
    if (this.#ending === undefined && this.#running) this.#timer.resume()
    this.#grace?.resume()
  }

  get #running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  #end(why: 'killed' | 'timed out'): Promise<void> {
    if (!this.#running || this.#ending !== undefined) return this.#ending ?? Promise.resolve()
    this.#ended = why
    this.#timer.clear()
    this.#ending = this.#killAll()
    return this.#ending
  }

  async #killAll(): Promise<void> {
    const { graceMs, isAlone, isolated, mark } = this.#start
    const sentinel = `${commandMark}=${mark}`
    const hunt = new Hunt((info) => {
      if (info.key === this.#leaderKey || this.#isOfLeader(info)) return true
      if (environmentHas(info.pid, `${sentinel}\0`)) return true
      // It left the tree, the session and the environment of its command.
      if (isolated && this.#score !== undefined && scoreOf(info.pid) === this.#score) return true
      // It has changed its score, too, or has none of its own. In a PID namespace it still becomes a child of init.
      return isolated && info.parent === 1 && info.pid !== process.pid && isAlone() && this.#isNew(info.key, info.pid)
    })
    if (graceMs > 0 && !this.#paused) {
      hunt.terminate()
      this.#grace = new Grace(graceMs, () => hunt.isOver)
      await this.#grace.over
      this.#grace = undefined
    }
    await hunt.kill()
  }

  /** Whether it is in the leader's session or group, and that number was not reused. */
  #isOfLeader({ session, group }: ProcessInfo): boolean {
    if (session !== this.#leader && group !== this.#leader) return false
    const holder = inspect(this.#leader)
    return holder === undefined || holder.key === this.#leaderKey
  }

  #isNew(key: string, pid: number): boolean {
    return !this.#before.has(key) && !environmentHas(pid, `${commandMark}=`)
  }
}

/** What it starts later has the same. */
function giveWay(pid: number | undefined, niceness: number): void {
  if (pid === undefined || niceness === 0) return
  try {
    setPriority(pid, niceness)
  } catch {
    // It has ended.
  }
}

function startMessage(error: unknown, program: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const name = program.length > 100 ? `${program.slice(0, 100)}...` : program
  switch (code) {
    case 'ENOENT':
      return `There is no program ${name}.`
    case 'EACCES':
      return `${name} may not be executed.`
    case 'E2BIG':
      return 'The arguments and the environment are too long.'
    case 'EAGAIN':
      return 'The sandbox has as many processes as it may have.'
    case 'ERR_INVALID_ARG_VALUE':
      return 'The program, its arguments and its environment may hold no NUL character.'
    default:
      return `${name} could not be started${typeof code === 'string' ? ` (${code})` : ''}.`
  }
}

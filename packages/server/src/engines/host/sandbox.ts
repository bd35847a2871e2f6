import type { Sandbox, SandboxMetrics } from '../contract/engine.js'
import type { ExecRequest, Execution, ExecutionHandle } from '../contract/execution.js'
import type { SandboxFiles } from '../contract/files.js'
import type { NetworkPolicy, SandboxLimits } from '../contract/options.js'
import { EngineError, SandboxGoneError } from '../contract/errors.js'
import { checked, linesOf, outputOf } from './answers.js'
import { startClock } from './command-clock.js'
import type { Connection } from './connection.js'
import { startExecution } from './execution.js'
import { SupervisedHandle, exitOf } from './execution-handle.js'
import { MemoryWatch } from './memory-watch.js'
import { SupervisedFiles } from './files.js'
import type { SandboxGroup } from '../limits/control-groups.js'
import type { Held } from './held.js'

/** Default of {@link ExecRequest.graceMs}. */
const defaultGraceMs = 2000

/** A supervisor that the engine started. */
export interface Launched {
  readonly connection: Connection
  /** Ends every process of the sandbox and resolves when none is left. May be called again. */
  end(): Promise<void>
  /** The kernel's group of its processes, where there is one. */
  readonly group?: SandboxGroup
  /** What its processes use. */
  metrics(): Promise<SandboxMetrics>
  /** The limits that it really has, when they were settled before and are not what was asked for now. */
  readonly limits?: SandboxLimits
  /** Bytes of disk that its files take, where there is a better way than counting them. @throws {EngineError} */
  usage?(): Promise<number>
  /** Called again and again while content is written. @throws {NoSpaceError} when there is no room for more of it. */
  room?(): Promise<void>
}

/** The place of a sandbox's files. */
export interface Storage {
  /** Removes all of them; every process of the sandbox must be gone. */
  remove(): Promise<void>
  /** Bytes of disk that they take. @throws {EngineError} */
  usage(): Promise<number>
}

/** A sandbox whose processes and files a supervisor looks after; the engines differ in how they launch it. */
export class SupervisedSandbox implements Sandbox {
  readonly id: string
  readonly image: string
  readonly limits: SandboxLimits
  readonly network: NetworkPolicy
  readonly files: SandboxFiles
  readonly #launched: Launched
  readonly #storage: Storage
  readonly #memory: MemoryWatch
  #paused = false
  #gone = false
  #destroying: Promise<void> | undefined

  constructor(id: string, held: Held, launched: Launched, storage: Storage) {
    this.id = id
    this.image = held.image
    this.limits = held.limits
    this.network = held.network
    this.#launched = launched
    this.#storage = storage
    this.#memory = new MemoryWatch(() => launched.group?.outOfMemoryKills() ?? Promise.resolve(0))
    this.files = new SupervisedFiles(launched.connection, () => launched.room?.())
    void launched.connection.gone.then(() => {
      this.#gone = true
      // A sandbox that can't be reached any more must not go on running.
      return launched.end().catch(() => undefined)
    })
  }

  /** Its processes are gone, and it can't be used any more. */
  get gone(): boolean {
    return this.#gone
  }

  async exec(request: ExecRequest): Promise<Execution> {
    const { connection } = this.#launched
    const { timeoutMs, graceMs = defaultGraceMs } = request
    const clock = startClock(connection, timeoutMs + graceMs, () => this.#paused)
    try {
      const { execution, outputs } = await startExecution(connection, request, graceMs, this.#memory.begin())
      clock.started(outputs, execution.exit)
      return execution
    } catch (error) {
      clock.stop()
      throw error
    }
  }

  async execution(id: string): Promise<ExecutionHandle> {
    const { connection } = this.#launched
    const call = connection.call({ op: 'attach', id })
    const exit = this.#memory.begin()(id, exitOf(connection, call))
    await call.reply
    return new SupervisedHandle(connection, id, exit)
  }

  async executions(): Promise<readonly string[]> {
    const { connection } = this.#launched
    return checked(connection, () => linesOf(outputOf(connection.call({ op: 'executions' }, 1))))
  }

  async pause(): Promise<void> {
    const { connection, group } = this.#launched
    // The supervisor lets nothing start and stops the clocks. What the kernel holds cannot even be woken by itself.
    await connection.call({ op: 'pause', guard: group?.canFreeze !== true }).done
    await this.#kernel('stopped', () => group?.freeze()).catch(async (error: unknown) => {
      await this.resume().catch(() => undefined)
      throw error
    })
    this.#paused = true
  }

  async resume(): Promise<void> {
    const { connection, group } = this.#launched
    await this.#kernel('let go on', () => group?.thaw())
    await connection.call({ op: 'resume' }).done
    this.#paused = false
  }

  destroy(): Promise<void> {
    this.#destroying ??= this.end('The sandbox was destroyed.').then(() => this.#storage.remove())
    return this.#destroying
  }

  diskUsage(): Promise<number> {
    return this.#storage.usage()
  }

  async metrics(): Promise<SandboxMetrics> {
    if (this.#gone) throw new SandboxGoneError(`The sandbox ${this.id} has ended.`)
    return this.#launched.metrics()
  }

  /** Ends every process and keeps the files. */
  async end(reason: string): Promise<void> {
    this.#launched.connection.close(reason)
    await this.#launched.end()
  }

  /** The group goes with the sandbox, and whatever was asked of it then has no effect. */
  async #kernel(what: string, operation: () => Promise<void> | undefined): Promise<void> {
    try {
      await operation()
    } catch (error) {
      if (this.#gone) throw new SandboxGoneError(`The sandbox ${this.id} has ended.`)
      throw new EngineError(`The processes of the sandbox could not be ${what}.`, { cause: error })
    }
  }
}

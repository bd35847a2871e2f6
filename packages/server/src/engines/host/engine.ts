import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Engine, EngineCapabilities, Sandbox } from '../contract/engine.js'
import type { SandboxOptions } from '../contract/options.js'
import { EngineError, SandboxGoneError } from '../contract/errors.js'
import { SandboxDirectories } from './directories.js'
import { SupervisedSandbox } from './sandbox.js'
import type { Launched } from './sandbox.js'
import { Holding } from './held.js'
import type { Defaults, Held } from './held.js'

const probePrefix = 'probe-'

/** What the engines on this machine have in common: a directory and a supervisor for each sandbox. */
export abstract class SupervisedEngine implements Engine {
  abstract readonly name: string
  abstract readonly capabilities: EngineCapabilities
  /** The defaults of its sandboxes. */
  protected abstract readonly defaults: Defaults
  protected readonly directories: SandboxDirectories
  readonly #live = new Map<string, SupervisedSandbox>()
  readonly #busy = new Map<string, Promise<unknown>>()
  #prepared: Promise<void> | undefined
  #closed = false

  /** @param base - the engine's own directory, absolute. */
  protected constructor(base: string) {
    this.directories = new SandboxDirectories(join(base, 'sandboxes'))
  }

  /** Checks that a running sandbox isolates as it should. @throws {EngineError} */
  protected abstract check(sandbox: Sandbox): Promise<void>

  /** Done once before anything else. */
  protected abstract prepare(): Promise<void>

  /** Hands a new sandbox's directory over to the guest. */
  protected abstract adopt(directory: string): Promise<void>

  /**
   * Starts a supervisor in the sandbox's directory; resolves when it is ready.
   *
   * @param isNew - the directory is empty and has just been made.
   */
  protected abstract launch(id: string, directory: string, held: Held, isNew: boolean): Promise<Launched>

  async probe(): Promise<void> {
    const id = `${probePrefix}${randomBytes(8).toString('hex')}`
    const sandbox = await this.create(id, {})
    try {
      await this.check(sandbox)
    } finally {
      await sandbox.destroy()
    }
  }

  /** Whether a sandbox is made by {@link SupervisedEngine.probe}, and holds no session. */
  protected isProbe(id: string): boolean {
    return id.startsWith(probePrefix)
  }

  create(id: string, options: SandboxOptions): Promise<Sandbox> {
    return this.#alone(id, async () => {
      await this.#prepare()
      const held = this.#hold(options)
      const directory = await this.directories.make(id)
      try {
        await this.adopt(directory)
        return await this.#start(id, directory, held, true)
      } catch (error) {
        await this.directories.remove(id)
        throw error
      }
    })
  }

  async list(): Promise<string[]> {
    await this.#prepare()
    return this.directories.list()
  }

  recover(id: string, options: SandboxOptions): Promise<Sandbox> {
    return this.#alone(id, async () => {
      await this.#prepare()
      const live = this.#live.get(id)
      if (live !== undefined && !live.gone) return live
      await live?.end('The sandbox was taken over.')
      if (!(await this.directories.has(id))) throw new SandboxGoneError(`Nothing is left of the sandbox ${id}.`)
      return this.#start(id, this.directories.path(id), this.#hold(options), false, async ({ connection }) => {
        await connection.call({ op: 'sweep' }).done
      })
    })
  }

  async remove(id: string): Promise<void> {
    await this.#alone(id, async () => {
      await this.#prepare()
      const live = this.#live.get(id)
      await (live === undefined ? this.directories.remove(id) : live.destroy())
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#busy.values())
    await Promise.all([...this.#live.values()].map((sandbox) => sandbox.end('The server is closing.')))
    this.#live.clear()
  }

  async #start(
    id: string,
    directory: string,
    held: Held,
    isNew: boolean,
    prepare?: (launched: Launched) => Promise<void>,
  ): Promise<SupervisedSandbox> {
    const launched = await this.launch(id, directory, held, isNew)
    try {
      await prepare?.(launched)
      if (this.#closed) throw new EngineError('The engine is closed.')
    } catch (error) {
      launched.connection.close('The sandbox could not be started.')
      await launched.end()
      throw error
    }
    const sandbox: SupervisedSandbox = new SupervisedSandbox(id, launched.held ?? held, launched, {
      remove: async () => {
        await this.directories.remove(id)
        if (this.#live.get(id) === sandbox) this.#live.delete(id)
      },
      usage: () => launched.usage?.() ?? this.directories.usage(id),
    })
    this.#live.set(id, sandbox)
    return sandbox
  }

  #hold(options: SandboxOptions): Held {
    return new Holding(this.name, this.capabilities, this.defaults).of(options)
  }

  #prepare(): Promise<void> {
    if (this.#closed) return Promise.reject(new EngineError('The engine is closed.'))
    this.#prepared ??= this.directories.prepare().then(() => this.prepare())
    return this.#prepared
  }

  /** Does one thing at a time for an id; others wait. */
  async #alone<T>(id: string, operation: () => Promise<T>): Promise<T> {
    const before = this.#busy.get(id) ?? Promise.resolve()
    const mine = before.then(operation, operation)
    const settled = mine.then(
      () => undefined,
      () => undefined,
    )
    this.#busy.set(id, settled)
    try {
      return await mine
    } finally {
      if (this.#busy.get(id) === settled) this.#busy.delete(id)
    }
  }
}

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Engine, EngineCapabilities, Sandbox } from '../contract/engine.js'
import type { SandboxOptions } from '../contract/options.js'
import { EngineError, SandboxGoneError } from '../contract/errors.js'
import { SandboxDirectories } from './directories.js'
import { SupervisedSandbox } from './sandbox.js'
import type { Launched } from './sandbox.js'
import { Holding } from './held.js'
import type { Defaults, Held } from './held.js'
import { WarmPool } from './warm-pool.js'

/** A sandbox that nobody has asked for yet. */
interface WarmSandbox {
  readonly id: string
  readonly launched: Launched
}

const probePrefix = 'probe-'

/** What the engines on this machine have in common: a directory and a supervisor for each sandbox. */
export abstract class SupervisedEngine implements Engine {
  abstract readonly name: string
  abstract readonly capabilities: EngineCapabilities
  abstract readonly notices: readonly string[]
  /** The defaults of its sandboxes. */
  protected abstract readonly defaults: Defaults
  protected readonly directories: SandboxDirectories
  readonly #live = new Map<string, SupervisedSandbox>()
  readonly #busy = new Map<string, Promise<unknown>>()
  readonly #pool: WarmPool<WarmSandbox>
  #prepared: Promise<void> | undefined
  #closed = false

  /**
   * @param base - the engine's own directory, absolute.
   * @param warm - how many sandboxes are started ahead of need.
   */
  protected constructor(base: string, warm = 0) {
    this.directories = new SandboxDirectories(join(base, 'sandboxes'))
    this.#pool = new WarmPool({
      size: warm,
      make: () => this.#makeWarm(),
      isUsable: ({ launched }) => !launched.connection.closed,
      discard: ({ id, launched }) => this.#discard(id, launched),
      isBusy: () => this.#busy.size > 0,
    })
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
    this.#pool.fill()
  }

  /** Whether a sandbox is made by {@link SupervisedEngine.probe}, and holds no session. */
  protected isProbe(id: string): boolean {
    return id.startsWith(probePrefix)
  }

  create(id: string, options: SandboxOptions): Promise<Sandbox> {
    return this.#alone(id, async () => {
      await this.#prepare()
      const held = this.#hold(options)
      const warm = isDeepStrictEqual(boundsOf(held), boundsOf(this.#hold({}))) ? this.#pool.take() : undefined
      this.#pool.fill()
      if (warm !== undefined) return await this.#adoptWarm(id, held, warm)
      const launched = await this.#launchNew(id, held)
      return this.#keep(id, held, launched)
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
      const held = this.#hold(options)
      const launched = await this.#launch(id, this.directories.path(id), held, false, async ({ connection }) => {
        await connection.call({ op: 'sweep' }).done
      })
      return this.#keep(id, held, launched)
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
    await Promise.allSettled([...this.#busy.values(), this.#pool.close()])
    await Promise.all([...this.#live.values()].map((sandbox) => sandbox.end('The server is closing.')))
    this.#live.clear()
  }

  async #launchNew(id: string, held: Held): Promise<Launched> {
    const directory = await this.directories.make(id)
    try {
      await this.adopt(directory)
      return await this.#launch(id, directory, held, true)
    } catch (error) {
      await this.directories.remove(id)
      throw error
    }
  }

  async #makeWarm(): Promise<WarmSandbox> {
    const id = this.directories.warmId()
    return { id, launched: await this.#launchNew(id, this.#hold({})) }
  }

  async #adoptWarm(id: string, held: Held, warm: WarmSandbox): Promise<SupervisedSandbox> {
    try {
      await this.directories.rename(warm.id, id)
    } catch (error) {
      await this.#discard(warm.id, warm.launched)
      throw error
    }
    return this.#keep(id, held, warm.launched)
  }

  async #discard(id: string, launched: Launched): Promise<void> {
    launched.connection.close('The sandbox is not needed.')
    await launched.end()
    await this.directories.remove(id)
  }

  async #launch(
    id: string,
    directory: string,
    held: Held,
    isNew: boolean,
    prepare?: (launched: Launched) => Promise<void>,
  ): Promise<Launched> {
    const launched = await this.launch(id, directory, held, isNew)
    try {
      await prepare?.(launched)
      if (this.#closed) throw new EngineError('The engine is closed.')
      return launched
    } catch (error) {
      launched.connection.close('The sandbox could not be started.')
      await launched.end()
      throw error
    }
  }

  #keep(id: string, held: Held, launched: Launched): SupervisedSandbox {
    const really = { ...held, ...(launched.limits && { limits: launched.limits }) }
    const sandbox: SupervisedSandbox = new SupervisedSandbox(id, really, launched, {
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

/** What a sandbox can't change once it runs; its image is only a name. */
function boundsOf({ limits, network }: Held): Omit<Held, 'image'> {
  return { limits, network }
}

import type { Engine, Sandbox } from '../../dist/engines/contract/engine.js'
import type { ExecRequest, Execution } from '../../dist/engines/contract/execution.js'
import type { SandboxOptions } from '../../dist/engines/contract/options.js'
import { ProcessEngine } from '../../dist/engines/process/engine.js'

export interface EngineHooks {
  /** Called when a sandbox was made, before anybody gets it. */
  readonly created?: () => Promise<void>
  /** Called before a process is started; what it throws is what starting it throws. */
  readonly starting?: (request: ExecRequest) => void
  /** Called before a sandbox of an earlier run is taken over. */
  readonly recovering?: () => Promise<void>
  /** Called before a directory is listed. */
  readonly listing?: () => Promise<void>
  /** Called before everything is ended. */
  readonly closing?: () => Promise<void>
}

/** Holds up whoever passes until it is opened. */
export class Gate {
  /** Resolves when somebody waits at it. */
  readonly reached: Promise<void>
  readonly #opened: Promise<void>
  #tellReached: () => void = () => undefined
  #open: () => void = () => undefined

  constructor() {
    this.reached = new Promise((resolve) => (this.#tellReached = resolve))
    this.#opened = new Promise((resolve) => (this.#open = resolve))
  }

  async pass(): Promise<void> {
    this.#tellReached()
    await this.#opened
  }

  open(): void {
    this.#open()
  }
}

/** The process engine, with a place to step in. */
export class HookedEngine implements Engine {
  readonly name = 'process'
  readonly capabilities: Engine['capabilities']
  readonly #inner: Engine

  constructor(
    dataDir: string,
    private readonly hooks: EngineHooks,
  ) {
    this.#inner = new ProcessEngine({ dataDir })
    this.capabilities = this.#inner.capabilities
  }

  get notices(): Engine['notices'] {
    return this.#inner.notices
  }

  probe(): Promise<void> {
    return this.#inner.probe()
  }

  async create(id: string, options: SandboxOptions): Promise<Sandbox> {
    const sandbox = await this.#inner.create(id, options)
    await this.hooks.created?.()
    return this.#hook(sandbox)
  }

  list(): Promise<string[]> {
    return this.#inner.list()
  }

  async recover(id: string, options: SandboxOptions): Promise<Sandbox> {
    await this.hooks.recovering?.()
    return this.#hook(await this.#inner.recover(id, options))
  }

  remove(id: string): Promise<void> {
    return this.#inner.remove(id)
  }

  async close(): Promise<void> {
    await this.hooks.closing?.()
    await this.#inner.close()
  }

  #hook(sandbox: Sandbox): Sandbox {
    const { starting, listing } = this.hooks
    const { files } = sandbox
    return {
      id: sandbox.id,
      image: sandbox.image,
      limits: sandbox.limits,
      network: sandbox.network,
      files: {
        list: async (directory, options) => {
          await listing?.()
          return await files.list(directory, options)
        },
        stat: (file, options) => files.stat(file, options),
        read: (file, options) => files.read(file, options),
        write: (file, content, options) => files.write(file, content, options),
        remove: (file, options) => files.remove(file, options),
      },
      diskUsage: () => sandbox.diskUsage(),
      metrics: () => sandbox.metrics(),
      get gone() {
        return sandbox.gone
      },
      exec: async (request: ExecRequest): Promise<Execution> => {
        starting?.(request)
        return await sandbox.exec(request)
      },
      execution: (id) => sandbox.execution(id),
      executions: () => sandbox.executions(),
      pause: () => sandbox.pause(),
      resume: () => sandbox.resume(),
      destroy: () => sandbox.destroy(),
    }
  }
}

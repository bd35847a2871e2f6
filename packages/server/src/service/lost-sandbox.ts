import type { Engine, Execution, Sandbox } from '../engines/contract/engine.js'
import { SandboxGoneError } from '../engines/contract/errors.js'

/** Stands for a sandbox that could not be started again yet: its files are there, and it can be removed. */
export class LostSandbox implements Sandbox {
  readonly gone = true
  readonly files: Sandbox['files']

  constructor(
    private readonly engine: Engine,
    readonly id: string,
  ) {
    const fail = () => this.#fail()
    this.files = { list: fail, stat: fail, read: fail, write: fail, remove: fail }
  }

  exec(): Promise<Execution> {
    return this.#fail()
  }

  pause(): Promise<void> {
    return this.#fail()
  }

  resume(): Promise<void> {
    return this.#fail()
  }

  diskUsage(): Promise<number> {
    return this.#fail()
  }

  destroy(): Promise<void> {
    return this.engine.remove(this.id)
  }

  async #fail(): Promise<never> {
    throw new SandboxGoneError('the sandbox was not started')
  }
}

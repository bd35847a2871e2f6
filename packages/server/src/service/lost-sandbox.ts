import type { Engine, Sandbox } from '../engines/contract/engine.js'
import type { Execution, ExecutionHandle } from '../engines/contract/execution.js'
import { SandboxGoneError } from '../engines/contract/errors.js'
import type { SessionRecord } from './record.js'

/** Stands for a sandbox that could not be started again yet: its files are there, and it can be removed. */
export class LostSandbox implements Sandbox {
  readonly id: string
  readonly image: string
  readonly limits = {}
  readonly network = 'none'
  readonly gone = true
  readonly files: Sandbox['files']

  constructor(
    private readonly engine: Engine,
    { id, image }: Pick<SessionRecord, 'id' | 'image'>,
  ) {
    this.id = id
    this.image = image
    const fail = () => this.#fail()
    this.files = { list: fail, stat: fail, read: fail, write: fail, remove: fail }
  }

  exec(): Promise<Execution> {
    return this.#fail()
  }

  execution(): Promise<ExecutionHandle> {
    return this.#fail()
  }

  executions(): Promise<readonly string[]> {
    return this.#fail()
  }

  pause(): Promise<void> {
    return this.#fail()
  }

  resume(): Promise<void> {
    return this.#fail()
  }

  metrics(): Promise<never> {
    return this.#fail()
  }

  diskUsage(): Promise<number> {
    return this.#fail()
  }

  destroy(): Promise<void> {
    return this.engine.remove(this.id)
  }

  async #fail(): Promise<never> {
    throw new SandboxGoneError('The sandbox was not started.')
  }
}

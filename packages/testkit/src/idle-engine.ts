import type { Engine, Sandbox } from 'sandbox-sessions-server'

/** Sandboxes that do nothing and cost nothing, for what is about sessions alone. Another server can take them over. */
export class IdleEngine implements Engine {
  readonly name = 'idle'
  readonly capabilities: Engine['capabilities'] = {
    outlivesServer: false,
    terminal: false,
    ports: false,
    watch: false,
    limits: [],
    networks: ['none'],
  }
  readonly notices: readonly string[] = []
  readonly #ids = new Set<string>()

  async probe(): Promise<void> {
    // It works everywhere.
  }

  async create(id: string): Promise<Sandbox> {
    this.#ids.add(id)
    return new IdleSandbox(id, () => this.#ids.delete(id))
  }

  async list(): Promise<string[]> {
    return [...this.#ids]
  }

  recover(id: string): Promise<Sandbox> {
    return this.create(id)
  }

  async remove(id: string): Promise<void> {
    this.#ids.delete(id)
  }

  async close(): Promise<void> {
    // Nothing runs.
  }
}

class IdleSandbox implements Sandbox {
  readonly image = 'nothing'
  readonly limits = {}
  readonly network = 'none'
  readonly gone = false
  readonly files: Sandbox['files'] = { list: idle, stat: idle, read: idle, write: idle, remove: idle }
  readonly exec = idle
  readonly execution = idle
  readonly executions = idle
  readonly diskUsage = idle
  readonly metrics = idle

  constructor(
    readonly id: string,
    private readonly forget: () => void,
  ) {}

  async pause(): Promise<void> {
    // Nothing runs.
  }

  async resume(): Promise<void> {
    // Nothing runs.
  }

  async destroy(): Promise<void> {
    this.forget()
  }
}

function idle(): Promise<never> {
  return Promise.reject(new Error('An idle sandbox does nothing.'))
}

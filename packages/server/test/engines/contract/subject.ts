import { createHash, randomBytes } from 'node:crypto'
import type { Engine, Sandbox } from '../../../dist/engines/contract/engine.js'

/** What differs from engine to engine, and the suites have to be told. */
export interface Profile {
  /** Makes the engine over a directory of the server's. */
  readonly make: (dataDir: string) => Promise<Engine>
  readonly images: { readonly taken: readonly string[]; readonly refused: readonly string[] }
  /** Ids of processes in sandboxes, by a text in their arguments, wherever the engine runs them. */
  readonly processesWith: (text: string) => readonly number[]
  /** The letter for the state of such a process, as in /proc. */
  readonly stateOf: (pid: number) => string | undefined
}

/** What the suites work on: an engine, and sandboxes that are removed with it. */
export interface Subject extends Omit<Profile, 'make'> {
  readonly engine: () => Engine
  /** Another engine over the same data, as a restarted server makes it. */
  readonly again: () => Promise<Engine>
  readonly sandbox: () => Promise<Sandbox>
}

export function freshId(): string {
  return `test-${randomBytes(8).toString('hex')}`
}

export function md5(content: Uint8Array): string {
  return createHash('md5').update(content).digest('hex')
}

import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe } from 'vitest'
import type { Engine, Sandbox } from '../../../dist/engines/contract/engine.js'
import { commandConformance } from './conformance-commands.js'
import { executionConformance } from './conformance-executions.js'
import { fileConformance } from './conformance-files.js'
import { inputConformance } from './conformance-input.js'
import { lifeConformance } from './conformance-life.js'
import { optionConformance } from './conformance-options.js'
import { temporaryDirectory } from '../support.js'

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

/** Every engine has to pass this: it is what the rest of the server builds on. */
export function engineConformance(name: string, { make, ...profile }: Profile): void {
  describe(`the ${name} engine`, () => {
    const directory = temporaryDirectory()
    let engine: Engine | undefined
    const others: Engine[] = []
    const current = (): Engine => {
      if (engine === undefined) throw new Error('the engine is made before the tests')
      return engine
    }
    beforeAll(async () => {
      engine = await make(directory.path)
    })
    afterAll(async () => {
      for (const other of others) await other.close()
      await engine?.close()
      directory.remove()
    })
    const subject: Subject = {
      ...profile,
      engine: current,
      again: async () => {
        const other = await make(directory.path)
        others.push(other)
        return other
      },
      sandbox: () => current().create(freshId(), {}),
    }
    commandConformance(subject)
    inputConformance(subject)
    executionConformance(subject)
    fileConformance(subject)
    lifeConformance(subject)
    optionConformance(subject)
  })
}

export function freshId(): string {
  return `test-${randomBytes(8).toString('hex')}`
}

export function md5(content: Uint8Array): string {
  return createHash('md5').update(content).digest('hex')
}

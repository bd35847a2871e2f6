import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe } from 'vitest'
import type { Engine, Sandbox } from '../../../dist/engines/contract/engine.js'
import { commandConformance } from './conformance-commands.js'
import { fileConformance } from './conformance-files.js'
import { lifeConformance } from './conformance-life.js'
import { temporaryDirectory } from '../support.js'

/** What the suites work on: an engine, and sandboxes that are removed with it. */
export interface Subject {
  readonly engine: () => Engine
  /** Another engine over the same data, as a restarted server makes it. */
  readonly again: () => Promise<Engine>
  readonly sandbox: () => Promise<Sandbox>
}

/** Every engine has to pass this: it is what the rest of the server builds on. */
export function engineConformance(name: string, make: (dataDir: string) => Promise<Engine>): void {
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
      engine: current,
      again: async () => {
        const other = await make(directory.path)
        others.push(other)
        return other
      },
      sandbox: () => current().create(freshId(), { image: current().resolveImage(undefined) }),
    }
    commandConformance(subject)
    fileConformance(subject)
    lifeConformance(subject)
  })
}

export function freshId(): string {
  return `test-${randomBytes(8).toString('hex')}`
}

export function md5(content: Uint8Array): string {
  return createHash('md5').update(content).digest('hex')
}

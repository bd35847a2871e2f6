import { afterAll, beforeAll, describe } from 'vitest'
import type { Engine } from '../../../dist/engines/contract/engine.js'
import { commandConformance } from './conformance-commands.js'
import { executionConformance } from './conformance-executions.js'
import { fileConformance } from './conformance-files.js'
import { inputConformance } from './conformance-input.js'
import { lifeConformance } from './conformance-life.js'
import { optionConformance } from './conformance-options.js'
import { freshId, type Profile, type Subject } from './subject.js'
import { temporaryDirectory } from '../support.js'

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

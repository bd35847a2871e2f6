import { describe, expect, test } from 'vitest'
import { createEngine } from '../../dist/engines/create-engine.js'
import { EngineUnavailableError } from '../../dist/engines/contract/errors.js'
import { killServer, temporaryDirectory } from './support.js'
import { processesWith } from 'sandbox-sessions-testkit/processes'
import { eventually } from 'sandbox-sessions-testkit/waiting'

describe('the process engine', () => {
  test('needs to be allowed, and says why', async () => {
    const directory = temporaryDirectory()
    const choosing = createEngine({ engine: 'process', dataDir: directory.path })
    await expect(choosing).rejects.toThrow(EngineUnavailableError)
    await expect(choosing).rejects.toThrow(/--allow-unsafe/)
    directory.remove()
  })

  test('takes every process with it when the server is killed', async () => {
    const directory = temporaryDirectory()
    await killServer(directory.path, 'process')
    await eventually(() => processesWith(directory.path).length === 0, 'the supervisor ended with the server')
    directory.remove()
  })
})

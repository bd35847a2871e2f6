/** One server for the tests of the command line. Isolation is not what they look at. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createSandboxServer } from 'sandbox-sessions-server'
import type { TestProject } from 'vitest/node'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sandbox-cli-tests-'))
  const token = 'command-line-test-token'
  const server = await createSandboxServer({ port: 0, dataDir, token, engine: 'process', allowUnsafe: true })
  project.provide('apiUrl', server.url)
  project.provide('bearerToken', token)
  project.provide('local', true)
  return async () => {
    await server.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

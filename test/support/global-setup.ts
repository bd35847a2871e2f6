/**
 * One server for all integration tests: the local one with real isolation, or the one that SANDBOX_API_URL names.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createSandboxServer } from 'sandbox-sessions-server'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    apiUrl: string
    bearerToken: string
    /** Whether the server is ours: on this machine, with nobody else on it. */
    local: boolean
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const { SANDBOX_API_URL: apiUrl, SANDBOX_API_TOKEN: bearerToken } = process.env
  if (apiUrl !== undefined && bearerToken !== undefined) {
    provide(project, apiUrl, bearerToken, false)
    return undefined
  }
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sandbox-tests-'))
  const server = await createSandboxServer({ port: 0, dataDir, token: 'integration-test-token' })
  provide(project, server.url, 'integration-test-token', true)
  return async () => {
    await server.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

function provide(project: TestProject, apiUrl: string, bearerToken: string, local: boolean): void {
  project.provide('apiUrl', apiUrl)
  project.provide('bearerToken', bearerToken)
  project.provide('local', local)
}

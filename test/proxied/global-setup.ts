/** The local server behind a proxy that holds every exchange against the spec. */
import type { TestProject } from 'vitest/node'
import { checkingProxy } from '../contract/support/checking-proxy.js'
import { findingsDesk, throwFindings } from '../contract/support/findings.js'
import { bendingProxy } from '../mutations/bending-proxy.js'
import { chosenFrom } from '../mutations/environment.js'
import { serverMutations } from '../mutations/server-mutations.js'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { isolatedServer } from 'sandbox-sessions-testkit/isolated-server'

declare module 'vitest' {
  export interface ProvidedContext {
    /** What the proxy has found since anybody asked. */
    findingsUrl: string
    /** How often each operation was answered with each status. */
    seenUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Small enough for a test to go beyond them.
  const server = await isolatedServer({ maxFileBytes: 8 * 1024 ** 2, maxBodyBytes: 1024 ** 2 })
  const mutation = chosenFrom(serverMutations)
  const bent = mutation === undefined ? undefined : await bendingProxy(server.url, mutation.bend)
  const proxy = await checkingProxy(bent?.url ?? server.url)
  const { seen } = proxy.ledger
  const desk = await findingsDesk(proxy.ledger)
  const counts = await httpFixture((_, response) => respond(response, 200, Object.fromEntries(seen)))
  project.provide('apiUrl', proxy.url)
  project.provide('bearerToken', server.token)
  project.provide('local', true)
  project.provide('findingsUrl', desk.url)
  project.provide('seenUrl', counts.url)
  return async () => {
    console.log(`\nHeld against the spec:\n${table(seen)}`)
    try {
      await throwFindings(desk.url)
    } catch (error) {
      // Vitest shows what a teardown throws, and calls the run a success all the same.
      process.exitCode = 1
      throw error
    } finally {
      for (const each of [counts, desk, proxy, bent, server]) await each?.[Symbol.asyncDispose]()
    }
  }
}

/** `getSession  200 (8), 404 (12)`: one line an operation. */
function table(seen: ReadonlyMap<string, number>): string {
  const rows = new Map<string, string[]>()
  for (const [what, count] of [...seen].sort()) {
    const [, name = what, status = ''] = /^(.*?)(?: (\d+))?$/.exec(what) ?? []
    rows.set(name, [...(rows.get(name) ?? []), `${status} (${count})`.trim()])
  }
  return [...rows].map(([name, counts]) => `  ${name}  ${counts.join(', ')}`).join('\n')
}

/** The local server behind a proxy that holds every exchange against the spec. */
import type { TestProject } from 'vitest/node'
import { checkingProxy } from '../contract/support/checking-proxy.js'
import { describeFinding } from '../contract/support/ledger.js'
import { httpFixture, respond } from '../support/fixture.js'
import { isolatedServer } from '../support/isolated-server.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers what the proxy has found since it was last asked. */
    findingsUrl: string
    /** Answers how often each operation was answered with each status. */
    seenUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await isolatedServer({ maxFileBytes: 8 * 1024 ** 2, maxBodyBytes: 1024 ** 2 })
  const proxy = await checkingProxy(server.url)
  const { ledger } = proxy
  const desk = await httpFixture((request, response) => {
    if (request.url === '/v1/seen') respond(response, 200, Object.fromEntries(ledger.seen))
    else void ledger.take().then((findings) => respond(response, 200, findings.map(describeFinding)))
  })
  project.provide('apiUrl', proxy.url)
  project.provide('bearerToken', server.token)
  project.provide('local', true)
  project.provide('findingsUrl', `${desk.url}/findings`)
  project.provide('seenUrl', `${desk.url}/seen`)
  return async () => {
    const left = await ledger.take()
    for (const each of [desk, proxy, server]) await each[Symbol.asyncDispose]()
    console.log(
      `\nHeld against the spec:\n${[...ledger.seen]
        .sort()
        .map(([what, count]) => `${count} × ${what}`)
        .join('\n')}`,
    )
    if (left.length > 0) throw new Error(`After the last test:\n${left.map(describeFinding).join('\n')}`)
  }
}

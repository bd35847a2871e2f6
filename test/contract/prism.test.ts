/** Prism as the tests run it: what it answers, and that it never stays behind. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { SessionsClient } from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { processesWith } from 'sandbox-sessions-testkit/processes'
import { startPrism } from '../support/prism.js'

test('the mock answers a client, and is gone at the end of its block', async () => {
  let pid: number
  {
    await using prism = await startPrism({ mode: 'mock' })
    pid = prism.pid
    await using client = new SessionsClient({ apiUrl: prism.url, bearerToken: 'any' })
    expect((await client.listSessions()).sessions).toHaveLength(1)
    expect(prism.log.join('\n')).toContain('get /sessions')
  }
  expect(processesWith('prism')).not.toContain(pid)
})

test('a Prism that does not start says why', async () => {
  const error = await thrownBy(() => startPrism({ mode: 'mock', spec: '/nowhere.yaml' }))
  expect(String(error)).toMatch(/Prism did not start[^]*nowhere\.yaml/)
})

test('nothing of Prism is left when the process that started it is killed', async () => {
  const program = fileURLToPath(new URL('programs/prism-owner.ts', import.meta.url))
  const owner = spawn(process.execPath, ['--import', 'tsx', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const line: unknown[] = await once(createInterface({ input: owner.stdout }), 'line')
  const pid = Number(line[0])
  expect(processesWith('prism')).toContain(pid)
  owner.kill('SIGKILL')
  await eventually(() => !processesWith('prism').includes(pid), 'Prism has ended')
})

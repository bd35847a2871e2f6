import { expect, test } from 'vitest'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { program } from 'sandbox-sessions-testkit/program'

const size = 200 * 1024 ** 2

test('[B7] an upload of bytes that are in memory makes no copy of them', { timeout: 180_000 }, async () => {
  await using server = await httpFixture((request, response) => {
    let arrived = 0
    request.on('data', (chunk: Buffer) => (arrived += chunk.length))
    request.on('end', () => respond(response, 201, { name: 'a', path: 'a', type: 'file', size: arrived }))
  })
  await using uploading = await program(new URL('programs/upload-memory.ts', import.meta.url))
  const answer = await uploading.run([server.url, size])
  const growth = typeof answer === 'object' && answer !== null ? Number(Reflect.get(answer, 'growth')) : NaN
  console.log(`${size >> 20} MiB in memory went out with ${Math.round(growth / 1024 ** 2)} MiB besides`)
  expect(growth).toBeLessThan(size / 2)
})

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { IdleEngine } from 'sandbox-sessions-testkit/idle-engine'
import { awkwardNames, jsonObjectText } from 'sandbox-sessions-testkit/json-values'
import { type Answer, TestServer } from 'sandbox-sessions-testkit/test-server'

let server: TestServer
beforeAll(async () => {
  server = await TestServer.start({ engine: new IdleEngine() })
})
afterAll(() => server.close())

const json = { 'content-type': 'application/json' }

function create(metadata: string, key: string): Promise<Answer> {
  return server.call('POST', '/sessions', {
    body: `{"metadata":${metadata}}`,
    headers: { ...json, 'idempotency-key': key },
  })
}

/** The text of a value, with the names in the order of the text that it was read from. */
function metadataOf(session: unknown): string {
  return JSON.stringify(typeof session === 'object' && session !== null && 'metadata' in session && session.metadata)
}

async function list(): Promise<unknown[]> {
  const { sessions } = (await server.call('GET', '/sessions?limit=100')).json
  return Array.isArray(sessions) ? sessions.map((session: unknown) => session) : []
}

test('[B13] property: any JSON object survives create, get, list, a repeated create and a restart', async () => {
  const kept: { readonly text: string; readonly at: string; readonly wanted: string }[] = []
  const repeat = async (index: number) => metadataOf((await create(kept[index]?.text ?? '', `key ${index}`)).json)
  await fc.assert(
    fc.asyncProperty(jsonObjectText, async (text) => {
      const wanted = JSON.stringify(JSON.parse(text))
      const created = await create(text, `key ${kept.length}`)
      expect([created.status, metadataOf(created.json)]).toEqual([200, wanted])
      const at = `/sessions/${String(created.json['sessionId'])}`
      kept.push({ text, at, wanted })
      expect(metadataOf((await server.call('GET', at)).json)).toBe(wanted)
      expect(await repeat(kept.length - 1)).toBe(wanted)
    }),
    { numRuns: 80 },
  )
  server = await server.restart()
  const listed = (await list()).map(metadataOf)
  expect(listed.sort()).toEqual(kept.map(({ wanted }) => wanted).sort())
  for (const [index, { at, wanted }] of kept.entries()) {
    expect(metadataOf((await server.call('GET', at)).json)).toBe(wanted)
    expect(await repeat(index)).toBe(wanted)
    await server.call('DELETE', at)
    // Now it is answered as it was made.
    expect(await repeat(index)).toBe(wanted)
  }
})

test.each(awkwardNames)(
  '[B13] the name %j is a property like others, and part of what a key stands for',
  async (name) => {
    const of = (value: unknown) => `{${JSON.stringify(name)}:${JSON.stringify(value)}}`
    const key = `name ${name}`
    const first = await create(of({ polluted: true }), key)
    expect([first.status, metadataOf(first.json)]).toEqual([200, of({ polluted: true })])
    expect((await create(of({ polluted: true }), key)).json).toEqual(first.json)
    expect((await create(of({ polluted: false }), key)).status).toBe(422)
    expect((await create('{}', key)).status).toBe(422)
    expect('polluted' in {}).toBe(false)
  },
)

test('[B13] no name of a body stands for one that the spec knows', async () => {
  const send = (route: string, body: string) => server.call('POST', route, { body, headers: json })
  const { status, json: session } = await send('/sessions', '{"__proto__":{"ttl":1,"image":"windows:11","metadata":5}}')
  expect([status, session['metadata']]).toEqual([200, {}])
  const id = String(session['sessionId'])
  const missing = await send(`/sessions/${id}/commands`, '{"__proto__":{"command":"true"}}')
  expect(missing.json).toMatchObject({ error: 'INVALID_PARAMETER', message: 'command is required.' })
  const bad = await send(`/sessions/${id}/commands`, '{"command":"true","env":{"__proto__":{"A":"b"}}}')
  expect(bad.json).toMatchObject({
    error: 'INVALID_PARAMETER',
    message: 'env.__proto__ must be a string, got {"A":"b"}.',
  })
})

test('[B13] a variable may have any name that the system takes', async () => {
  const real = await TestServer.start()
  try {
    const id = await real.session()
    const body = '{"command":"env","env":{"__proto__":"p","constructor":"c","toString":"t"}}'
    const { json: result } = await real.call('POST', `/sessions/${id}/commands`, { body, headers: json })
    const lines = String(result['stdout']).split('\n')
    expect(lines).toEqual(expect.arrayContaining(['__proto__=p', 'constructor=c', 'toString=t']))
    expect('A' in {}).toBe(false)
  } finally {
    await real.close()
  }
})

test('[B13] says what is wrong with a body: its JSON, or its encoding', async () => {
  const message = async (body: BodyInit) =>
    (await server.call('POST', '/sessions', { body, headers: json })).json['message']
  expect(await message('{"metadata":')).toBe('The body is not valid JSON.')
  expect(await message(new Uint8Array(Buffer.from('{"metadata":{"a":"\xff"}}', 'latin1')))).toBe(
    'The body is not UTF-8.',
  )
  expect(await message('{"metadata":{"a":[1e999]}}')).toMatch(/^metadata must have no number beyond/)
})

test('[M8] metadata has a size that lists can carry, counted in bytes of JSON', async () => {
  const fitting = 65_536 - '{"a":""}'.length
  for (const text of ['x'.repeat(fitting), 'ü'.repeat(fitting / 2)]) {
    const { status, json: session } = await create(JSON.stringify({ a: text }), text.slice(0, 1))
    expect([status, session['metadata']]).toEqual([200, { a: text }])
    await server.call('DELETE', `/sessions/${String(session['sessionId'])}`)
    const refused = await create(JSON.stringify({ a: `${text}x` }), 'larger')
    expect([refused.status, refused.json['error']]).toEqual([400, 'INVALID_PARAMETER'])
    expect(refused.json['message']).toMatch(/^metadata must have at most 65536 bytes as JSON, got 655\d\d\./)
  }
})

/** The verdict on servers: ours, a mock, and some that are broken on purpose. */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { SessionsClient } from 'sandbox-sessions-sdk'
import { describe, expect, inject, test } from 'vitest'
import { closedPort } from 'sandbox-sessions-testkit/fixture'
import { isObject } from 'sandbox-sessions-openapi'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { startPrism } from '../../../test/support/prism.js'
import { unsafeServer } from 'sandbox-sessions-testkit/unsafe-server'
import { type Bend, bentServer, withoutEncodings } from './support/bent-server.js'
import { sandbox, start, temporaryDirectory } from './support/sandbox.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

describe('a server that keeps to the spec', () => {
  test('conforms, and keeps nothing of what was done with it', async () => {
    await using server = await unsafeServer()
    const env = { SANDBOX_API_URL: server.url, SANDBOX_API_TOKEN: server.token }
    const { code, stdout, stderr } = await sandbox(['conformance', '--strict-headers'], { env })
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^OPERATION +CHECKS +STATUSES SEEN +VERDICT$/)
    expect(lines.filter((line) => line.endsWith(' conforms'))).toHaveLength(16)
    expect(stdout).not.toContain('failed')
    expect(lines.at(-1)).toBe(`${server.url} conforms: 16 of 16 operations of Sandbox API 1.2.0.`)
    await using client = new SessionsClient({ apiUrl: server.url, bearerToken: server.token })
    expect((await client.listSessions()).total).toBe(0)
  })

  test('is told of in JSON', async () => {
    const { code, stdout } = await sandbox(['conformance', '--json'])
    expect(code).toBe(0)
    const report: unknown = JSON.parse(stdout)
    expect(report).toMatchObject({ url: inject('apiUrl'), specVersion: '1.2.0', conforms: true })
    const operations = isObject(report) && Array.isArray(report['operations']) ? report['operations'] : []
    expect(operations).toContainEqual({
      operation: 'healthCheck',
      verdict: 'conforms',
      statuses: [200],
      checks: [
        { name: 'is healthy, without credentials', outcome: 'passed', problems: [] },
        { name: 'answers as the spec says', outcome: 'passed', problems: [] },
        {
          name: 'answers with the X-Request-Id that was sent, or with one of its own',
          outcome: 'passed',
          problems: [],
        },
        { name: 'answers what names no operation with 404', outcome: 'passed', problems: [] },
      ],
    })
  })

  test('may do more than an older spec says, if that is allowed', async () => {
    const spec = ['--spec', path.join(root, 'docs/spec/1.0.0.yaml')]
    const closed = await sandbox(['conformance', ...spec])
    expect(closed.code).toBe(1)
    expect(closed.stdout).toContain('body.image is not in the spec')
    const open = await sandbox(['conformance', ...spec, '--allow-additions'])
    expect([open.code, open.stdout]).toEqual([
      0,
      expect.stringMatching(/conforms: 9 of 9 operations of Sandbox API 1\.0\.0\.\n$/),
    ])
  })
})

test('[B14] judges by a spec with schemas that hold themselves', async () => {
  const file = path.join(await temporaryDirectory(), 'tree.yaml')
  const text = await readFile(path.join(root, 'sandbox-api-spec.yaml'), 'utf8')
  const tree = {
    type: 'object',
    properties: { trees: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } },
  }
  const changed = text
    .replace(/^  schemas:\n/m, (found) => `${found}    Tree: ${JSON.stringify(tree)}\n`)
    .replace(/^    Health:\n.*\n(?: {6}.*\n)*? {6}properties:\n/m, (found) => {
      return `${found}        tree: { $ref: '#/components/schemas/Tree' }\n`
    })
  expect(changed.match(/schemas\/Tree/g)).toHaveLength(2)
  await writeFile(file, changed)
  const { code, stdout } = await sandbox(['conformance', '--spec', file])
  expect([code, stdout]).toEqual([0, expect.stringMatching(/conforms: /)])
})

describe('limits are those of the spec that judges', () => {
  /** The published spec with another ttl, in a file. */
  async function specWith(minimum: number, maximum: number): Promise<string> {
    const file = path.join(await temporaryDirectory(), 'spec.yaml')
    const text = await readFile(path.join(root, 'sandbox-api-spec.yaml'), 'utf8')
    const changed = text
      .replace('minimum: 60\n      maximum: 28800', `minimum: ${minimum}\n      maximum: ${maximum}`)
      .replace('          default: 3600\n', `          default: ${minimum}\n`)
    expect(changed).not.toBe(text)
    await writeFile(file, changed)
    return file
  }

  test('narrower ones than the server has are not kept by it', async () => {
    const { code, stdout } = await sandbox(['conformance', '--spec', await specWith(120, 1000)])
    expect(code).toBe(1)
    expect(stdout).toContain('though the request had to be refused: request.ttl must be >= 120')
    expect(stdout).toContain('the session lives for 3600 s, not for 120')
  })

  test('wider ones are tried out, although the SDK would not send them', async () => {
    const { code, stdout } = await sandbox(['conformance', '--spec', await specWith(60, 50_000)])
    expect(code).toBe(1)
    expect(stdout).toMatch(/createSession\n(?: .*\n)*? +the status of \{"ttl":50000.*\} is 400, not 200/)
    expect(stdout).not.toContain('SandboxValidationError')
  })
})

test('a mock of the spec is answered by the SDK as it has to be', async () => {
  await using prism = await startPrism({ mode: 'mock' })
  const { code, stdout, stderr } = await sandbox(['conformance', '--mock', '--url', prism.url])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/conforms: 16 of 16 operations of Sandbox API 1\.2\.0\.\n$/)
})

function isJson(headers: Headers): boolean {
  return headers.get('content-type')?.startsWith('application/json') === true
}

/** Servers, each with its own kind of fault, and what has to be said of them. */
const broken: readonly (readonly [string, Bend, Readonly<Record<string, readonly string[]>>])[] = [
  [
    'has other shapes and statuses',
    {
      answer: ({ status, headers, body }, { method, target }) => {
        const text = isJson(headers) ? body.toString() : undefined
        if (method === 'POST' && target === '/sessions' && status === 200) return { status: 201 }
        if (text === undefined || status !== 200) return {}
        return {
          body: Buffer.from(text.replace(/"total":\d+,/, '').replace('"exitCode":', '"colour":"red","exitCode":')),
        }
      },
    },
    {
      createSession: ['201: status 201 is not in the spec'],
      listSessions: ['200: body.total is missing'],
      executeCommand: ['200: body.colour is not in the spec'],
    },
  ],
  [
    'lets everybody in, and takes every ttl',
    {
      request: ({ method, target, headers, body }) => ({
        headers: { ...headers, ...(target !== '/health' && { authorization: `Bearer ${inject('bearerToken')}` }) },
        body:
          method === 'POST' && target === '/sessions'
            ? Buffer.from(body.toString().replace(/"ttl":[^,}]+/, '"ttl":60'))
            : body,
      }),
    },
    {
      createSession: [
        'refuses missing and wrong credentials',
        'refuses a wrong ttl, metadata that is no object, and what is no JSON',
        'though the request had to be refused: request.ttl must be >= 60',
        'the session lives for 60 s, not for 28800',
      ],
      getSession: ['the status of GET /sessions/', ' is 200, not 401'],
    },
  ],
  [
    'gives sessions ids that are none',
    {
      answer: ({ status, headers, body }, { method, target }) =>
        isJson(headers) && status === 200 && method === 'POST' && target === '/sessions'
          ? { body: Buffer.from(body.toString().replace(/"sessionId":"[^"]+"/, '"sessionId":"none"')) }
          : {},
    },
    { createSession: ['200: body.sessionId must match format "uuid"'], executeCommand: ['sessionId must be a UUID'] },
  ],
  [
    'ignores how input and output are to stand in JSON, as servers before 1.2.0 do',
    { request: ({ body }) => ({ body: withoutEncodings(body) }) },
    {
      executeCommand: [
        'failed: takes and answers bytes in base64, exact to the byte',
        'the encoding is missing, not "base64"',
        'failed: streams bytes in base64, exact to the byte',
        'failed: refuses stdin that is no base64',
        '/commands is 200, not 400',
      ],
      executeCode: ['failed: takes and answers bytes in base64, exact to the byte', 'failed: refuses stdin that is no'],
    },
  ],
  [
    'reads bytes as text, and holds event streams back',
    {
      holdsStreams: true,
      answer: ({ headers, body }) => (isJson(headers) ? {} : { body: Buffer.from(body.toString('utf8'), 'utf8') }),
    },
    {
      downloadFile: ['failed: answers every byte, with name and length', 'other bytes came: '],
      executeCommand: ['failed: streams the output while the command runs', 'the events is [["stdout","ready'],
    },
  ],
]

describe('a server that is broken on purpose does not conform', () => {
  test.each(broken)('%s', async (_, bend, expected) => {
    const { code, stdout, stderr } = await sandbox(['conformance', '--url', await bentServer(bend)])
    expect([code, stderr]).toEqual([1, ''])
    const [table = '', ...sections] = stdout.split('\n\n')
    for (const [operation, words] of Object.entries(expected)) {
      expect(table).toMatch(new RegExp(`^${operation} .* FAILS$`, 'm'))
      const section = sections.find((each) => each.startsWith(`${operation}\n`))
      for (const word of words) expect(section).toContain(word)
    }
    expect(table).toMatch(/^healthCheck .* conforms$/m)
    expect(sections.at(-1)).toMatch(/DOES NOT CONFORM: \d+ of 16 operations of Sandbox API 1\.2\.0 fail\.\n$/)
  })
})

describe('what no verdict can be made of', () => {
  test('a run that is interrupted, which leaves no session behind', async () => {
    await using server = await unsafeServer()
    await using client = new SessionsClient({ apiUrl: server.url, bearerToken: server.token })
    const env = { SANDBOX_API_URL: server.url, SANDBOX_API_TOKEN: server.token }
    const { child, ended } = start(['conformance'], { env })
    await eventually(async () => (await client.listSessions()).total > 3)
    child.kill('SIGINT')
    expect(await ended).toEqual({ code: 130, stdout: '', stderr: '' })
    expect((await client.listSessions()).total).toBe(0)
  })

  test('a server that is not there', async () => {
    const { code, stderr } = await sandbox(['conformance', '--url', `http://127.0.0.1:${await closedPort()}/v1`])
    expect([code, stderr]).toEqual([69, expect.stringMatching(/^sandbox-sessions: No response came/)])
  })

  test('a server that knows no such token', async () => {
    const { code, stderr } = await sandbox(['conformance', '--token', 'no-such-token'])
    expect(code).toBe(4)
    expect(stderr).not.toContain('no-such-token')
  })

  test('no token', async () => {
    const env = { SANDBOX_API_TOKEN: undefined, SANDBOX_API_KEY: inject('bearerToken') }
    const { code, stderr } = await sandbox(['conformance'], { env })
    expect([code, stderr]).toEqual([2, 'sandbox-sessions: Pass --token, or set SANDBOX_API_TOKEN.\n'])
  })

  test('[B14] a spec with a reference to itself', async () => {
    const file = path.join(await temporaryDirectory(), 'circle.yaml')
    const text = await readFile(path.join(root, 'sandbox-api-spec.yaml'), 'utf8')
    const circle = "    A: { $ref: '#/components/schemas/B' }\n    B: { $ref: '#/components/schemas/A' }\n"
    await writeFile(
      file,
      text.replace(/^  schemas:\n/m, (found) => found + circle),
    )
    const { code, stderr } = await sandbox(['conformance', '--spec', file])
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^sandbox-sessions: .*circle\.yaml can't be used\. #\/components\/schemas\/A is a reference to itself, by way of #\/components\/schemas\/B\.\n$/,
      ),
    ])
  })

  test('a spec that is none', async () => {
    const file = path.join(await temporaryDirectory(), 'none.yaml')
    const { code, stderr } = await sandbox(['conformance', '--spec', file])
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^sandbox-sessions: .*none\.yaml can't be used\. There is no such file\.\n$/),
    ])
  })
})

/**
 * Careless changes, one at a time, made to a copy of the project: each is caught by a check that has a name. The same checks
 * pass on the copy as it is.
 */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ProjectCopy, copyProject } from '../support/project-copy.js'

const spec = 'sandbox-api-spec.yaml'
const routes = 'packages/server/src/http/routes.ts'

/** What the project promises to run: `npm run spec:diff` and so on, without npm. */
const checks = {
  'npm run spec:diff': ['--import', 'tsx', 'scripts/spec-diff.ts'],
  'npm run generate -- --check': ['--import', 'tsx', 'scripts/generate.ts', '--check'],
  'the SDK against the mock: createSession': vitest('contract', 'mock', 'createSession 200'),
  'the SDK against the mock: getSession': vitest('contract', 'mock', 'getSession 404'),
  'the SDK against the mock: nothing is left out': vitest('contract', 'mock', 'no operation, status or error code'),
  'the server against the spec: createSession': vitest('proxied', 'reference', '1\\. creates a session'),
  'the server against the spec: listSessions': vitest('proxied', 'reference', '7\\. lists the created sessions'),
  'the server against the spec: getSession': vitest('proxied', 'reference', '3\\. gets a session'),
} as const

interface Mutation {
  readonly file: string
  readonly change: (text: string) => string
  readonly check: keyof typeof checks
  /** What the check has to say of it. */
  readonly says: RegExp
}

const mutations: Readonly<Record<string, Mutation>> = {
  'a renamed property in the spec': {
    file: spec,
    change: (text) =>
      text
        .replace('required: [status, exitCode]', 'required: [status, exit_code]')
        .replace(
          "        exitCode:\n          type: [integer, 'null']",
          "        exit_code:\n          type: [integer, 'null']",
        ),
    check: 'npm run spec:diff',
    says: /breaking[^]*exitCode[^]*FAILED/i,
  },
  'a raised limit without regenerating': {
    file: spec,
    change: (text) => text.replace('maximum: 28800', 'maximum: 36000'),
    check: 'npm run generate -- --check',
    says: /Stale: .*schemas\.ts.*Run `npm run generate`/,
  },
  'a new required field': {
    file: spec,
    change: (text) => text.replace('required: [command]', 'required: [command, cwd]'),
    check: 'npm run spec:diff',
    says: /breaking[^]*cwd[^]*FAILED/i,
  },
  'a removed status': {
    file: spec,
    change: (text) => {
      const getSession = text.indexOf('operationId: getSession')
      const status = text.indexOf("        '404':", getSession)
      return text.slice(0, status) + text.slice(text.indexOf("        '429':", status))
    },
    check: 'npm run spec:diff',
    says: /breaking[^]*404[^]*FAILED/i,
  },
  'the server answers 201 for createSession': {
    file: routes,
    change: (text) =>
      text.replace(
        'reply.code(operation.success)',
        "reply.code(operation.id === 'createSession' ? 201 : operation.success)",
      ),
    check: 'the server against the spec: createSession',
    says: /201/,
  },
  'the server drops total': {
    file: routes,
    change: (text) => withOutgoing(text, `payload.replace(/"total":\\d+,/, '')`),
    check: 'the server against the spec: listSessions',
    says: /total/,
  },
  'the server adds an undocumented property': {
    file: routes,
    change: (text) => withOutgoing(text, `payload.replace('{"sessionId"', '{"colour":"red","sessionId"')`),
    check: 'the server against the spec: getSession',
    says: /colour is not in the spec/,
  },
  'the SDK sends ttl as a string': {
    file: 'src/sessions/requests.ts',
    change: (text) =>
      text.replace('defined({ ttl, image, metadata })', 'defined({ ttl: String(ttl), image, metadata })'),
    check: 'the SDK against the mock: createSession',
    says: /request\.ttl must be integer/,
  },
  'the SDK maps 404 to the wrong class': {
    file: 'src/core/response-errors.ts',
    change: (text) => text.replace('? new SessionNotFoundError(', '? new SandboxOperationError('),
    check: 'the SDK against the mock: getSession',
    says: /the class of the error is SandboxOperationError, not SessionNotFoundError/,
  },
  'an operation without a test': {
    file: spec,
    change: (text) =>
      text.replace(
        '\n  /sessions/{sessionId}/resume:',
        `
  /sessions/{sessionId}/fork:
    post:
      operationId: forkSession
      responses:
        '200':
          $ref: '#/components/responses/Session'
$&`,
      ),
    check: 'the SDK against the mock: nothing is left out',
    says: /no call drives the operation forkSession/,
  },
}

describe('a careless change', () => {
  let copy: ProjectCopy

  beforeAll(async () => {
    copy = await copyProject([
      'package.json',
      'tsconfig.json',
      'tsconfig.base.json',
      'tsconfig.build.json',
      'tsconfig.node.json',
      'vitest.config.ts',
      '.prettierrc.json',
      spec,
      'docs/spec',
      'generated',
      'dist',
      'src',
      'scripts',
      'test',
      'examples',
      'packages',
    ])
  })

  afterAll(async () => {
    await copy[Symbol.asyncDispose]()
  })

  test.each([
    ['npm run spec:diff', checks['npm run spec:diff']],
    ['npm run generate -- --check', checks['npm run generate -- --check']],
    ['the SDK against the mock', vitest('contract', 'mock', '.')],
    ['the server against the spec', vitest('proxied', 'reference', '[137]\\.')],
  ] as const)('is none where nothing was changed: %s', async (_, check) => {
    const { code, output } = await copy.node(...check)
    expect(code, output).toBe(0)
  })

  test.each(Object.entries(mutations))('%s', async (_, { file, change, check, says }) => {
    const place = path.join(copy.folder, file)
    const text = await readFile(place, 'utf8')
    const changed = change(text)
    expect(changed).not.toBe(text)
    try {
      await writeFile(place, changed)
      await build(file)
      const { code, output } = await copy.node(...checks[check])
      expect(code, output).toBe(1)
      expect(output).toMatch(says)
    } finally {
      await writeFile(place, text)
      await build(file)
    }
  })

  /** The server runs compiled; everything else runs as it stands. */
  async function build(file: string): Promise<void> {
    if (!file.startsWith('packages/server/')) return
    const { code, output } = await copy.node('node_modules/typescript/bin/tsc', '-b', 'packages/server/tsconfig.json')
    expect(code, output).toBe(0)
  }
})

/** @param title - as much of the test's name as tells it from others. */
function vitest(project: string, file: string, title: string): readonly string[] {
  return ['node_modules/vitest/vitest.mjs', 'run', '--project', project, file, '-t', title]
}

/** The server's routes, with every answer changed on its way out. */
function withOutgoing(text: string, changed: string): string {
  return text.replace(
    '  acceptBodies(scope, operation)\n',
    `$&  scope.addHook('onSend', async (_request, _reply, payload) => (typeof payload === 'string' ? ${changed} : payload))\n`,
  )
}

/**
 * What a change of the spec means for those who use or offer the API, and which version it needs.
 */
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { diffDocuments, group, judge } from 'sandbox-sessions-codegen/spec-diff'
import { assertDocument, type Document, isObject as isJsonObject } from 'sandbox-sessions-openapi'
import { run } from 'sandbox-sessions-testkit/run'

const root = fileURLToPath(new URL('../..', import.meta.url))
const released = path.join(root, 'docs/spec')

function read(version: string): Document {
  return asDocument(parse(readFileSync(path.join(released, `${version}.yaml`), 'utf8')))
}

function asDocument(value: unknown): Document {
  assertDocument(value)
  return value
}

const base = read('1.1.0')

/** A place in the document (its parts between blanks) and what comes there; undefined removes what is there. */
type Edit = readonly [place: string, value: unknown]

/** Another document; every part of a place but the last must be there. */
function edited(...edits: readonly Edit[]): Document {
  const copy: unknown = structuredClone(base)
  for (const [place, value] of edits) {
    const parts = place.split(' ')
    const last = parts.pop() ?? ''
    let owner: unknown = copy
    for (const part of parts) owner = isObject(owner) ? Reflect.get(owner, part) : undefined
    if (!isObject(owner)) throw new Error(`Nothing is at ${place}`)
    if (value === undefined) {
      if (!Reflect.has(owner, last)) throw new Error(`Nothing is at ${place}`)
      if (Array.isArray(owner)) owner.splice(Number(last), 1)
      else Reflect.deleteProperty(owner, last)
    } else Reflect.set(owner, last, value)
  }
  return asDocument(copy)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function findings(from: Document, to: Document): string[] {
  return group(diffDocuments(from, to)).map(({ grade, subject, what }) => `${grade}: ${subject}: ${what}`)
}

const schema = 'components schemas'
const command = 'paths /sessions/{sessionId}/commands post'
const list = 'paths /sessions get'
const json = 'content application/json'
const text = { type: 'string' }
const answer = { description: 'Something.' }

const table: readonly [what: string, edits: readonly Edit[], wanted: readonly string[]][] = [
  // What is there at all.
  ['an operation goes', [['paths /health get', undefined]], ['breaking: GET /health: removed']],
  ['an operation comes', [['paths /health head', answer]], ['additive: HEAD /health: added']],
  [
    'an operation moves',
    [
      ['paths /health', undefined],
      ['paths /state', base.paths['/health']],
    ],
    ['breaking: GET /health: moved to GET /state', 'additive: GET /state: added'],
  ],
  [
    'an operation has another id',
    [[`${command} operationId`, 'runCommand']],
    ['breaking: POST /sessions/{sessionId}/commands: operationId: executeCommand → runCommand'],
  ],
  // Requests: parameters.
  [
    'a parameter comes, optional',
    [[`${list} parameters 3`, { name: 'status', in: 'query', schema: text }]],
    ['additive: query parameter status: added, optional'],
  ],
  [
    'a parameter comes, required',
    [[`${list} parameters 3`, { name: 'status', in: 'query', required: true, schema: text }]],
    ['breaking: query parameter status: added, required'],
  ],
  [
    'a parameter goes',
    [[`${list} parameters`, [{ $ref: '#/components/parameters/RequestId' }]]],
    ['breaking: query parameter limit: removed', 'breaking: query parameter offset: removed'],
  ],
  [
    'a parameter becomes required',
    [['components parameters Recursive required', true]],
    ['breaking: query parameter recursive: optional → required'],
  ],
  [
    'a parameter becomes optional',
    [['components parameters FilePath required', false]],
    ['additive: query parameter filePath: required → optional'],
  ],
  [
    'a header is written in other capitals',
    [['components parameters RequestId name', 'x-request-id']],
    ['neutral: the document: changed in what is not on the wire'],
  ],
  [
    'a parameter is written in another way',
    [[`${list} parameters 1 style`, 'spaceDelimited']],
    ['breaking: query parameter limit: style: none → spaceDelimited'],
  ],
  [
    'the limit of a parameter falls',
    [[`${list} parameters 1 schema maximum`, 10]],
    ['breaking: query parameter limit: maximum: 100 → 10'],
  ],
  // Requests: bodies.
  [
    'a required property comes',
    [
      [`${schema} CommandRequest required`, ['command', 'user']],
      [`${schema} CommandRequest properties user`, text],
    ],
    ['breaking: CommandRequest.user: property added, required'],
  ],
  [
    'an optional property comes',
    [[`${schema} CommandRequest properties user`, text]],
    ['additive: CommandRequest.user: property added'],
  ],
  [
    'a property of a request goes',
    [[`${schema} CommandRequest properties stdin`, undefined]],
    ['breaking: CommandRequest.stdin: property removed'],
  ],
  [
    'a property has another name',
    [
      [`${schema} CommandRequest properties stdin`, undefined],
      [`${schema} CommandRequest properties input`, text],
    ],
    ['breaking: CommandRequest.stdin: property removed', 'additive: CommandRequest.input: property added'],
  ],
  [
    'a property becomes required',
    [[`${schema} CommandRequest required`, ['command', 'cwd']]],
    ['breaking: CommandRequest.cwd: optional → required'],
  ],
  [
    'a property becomes optional',
    [[`${schema} CodeRequest required`, undefined]],
    ['additive: CodeRequest.code: required → optional'],
  ],
  ['a maximum falls', [[`${schema} Ttl maximum`, 3600]], ['breaking: Ttl: maximum: 28800 → 3600']],
  ['a maximum rises', [[`${schema} Ttl maximum`, 86400]], ['additive: Ttl: maximum: 28800 → 86400']],
  ['a maximum goes', [[`${schema} Ttl maximum`, undefined]], ['additive: Ttl: maximum: 28800 → none']],
  ['a minimum falls', [[`${schema} Ttl minimum`, 1]], ['additive: Ttl: minimum: 60 → 1']],
  ['a minimum rises', [[`${schema} Ttl minimum`, 61]], ['breaking: Ttl: minimum: 60 → 61']],
  ['a length is limited', [[`${schema} StandardInput maxLength`, 9]], ['breaking: StandardInput: maxLength: none → 9']],
  [
    'a default beside a $ref changes',
    [[`${schema} CreateSessionRequest properties ttl default`, 60]],
    ['breaking: CreateSessionRequest.ttl: default: 3600 → 60'],
  ],
  ['a default of a named schema changes', [[`${schema} Timeout default`, 5]], ['breaking: Timeout: default: 60 → 5']],
  [
    'a default comes',
    [[`${schema} CreateSessionRequest properties image default`, 'debian']],
    ['additive: CreateSessionRequest.image: default: none → debian'],
  ],
  [
    'a value can no longer be sent',
    [[`${schema} CodeLanguage enum`, ['python', 'bash']]],
    ['breaking: CodeLanguage: value removed: javascript'],
  ],
  [
    'one more value can be sent',
    [[`${schema} CodeLanguage enum 3`, 'ruby']],
    ['additive: CodeLanguage: value added: ruby'],
  ],
  [
    'the values are in another order',
    [[`${schema} CodeLanguage enum`, ['bash', 'python', 'javascript']]],
    ['neutral: the document: changed in what is not on the wire'],
  ],
  ['a pattern comes', [[`${schema} StandardInput pattern`, '^a']], ['breaking: StandardInput: pattern: none → ^a']],
  [
    'values of a map may be anything',
    [[`${schema} Environment additionalProperties`, true]],
    ['additive: Environment.*: type: string → none'],
  ],
  [
    'a request takes no other properties',
    [[`${schema} CodeRequest additionalProperties`, false]],
    ['breaking: CodeRequest.*: taken → none is taken'],
  ],
  [
    'a request may say null',
    [[`${schema} StandardInput type`, ['string', 'null']]],
    ['additive: StandardInput: type: string → string | null'],
  ],
  [
    'a body becomes required',
    [['paths /sessions post requestBody required', true]],
    ['breaking: body: optional → required'],
  ],
  ['a body becomes optional', [[`${command} requestBody required`, false]], ['additive: body: required → optional']],
  [
    'a media type of a request goes',
    [['paths /sessions/{sessionId}/files post requestBody content multipart/form-data', undefined]],
    ['breaking: body multipart/form-data: removed'],
  ],
  [
    'a media type of a request comes',
    [[`${command} requestBody content text/plain`, { schema: text }]],
    ['additive: body text/plain: added'],
  ],
  // Responses.
  ['a success goes', [[`${command} responses 200`, undefined]], ['breaking: response 200: removed']],
  ['a failure goes', [[`${command} responses 408`, undefined]], ['breaking: response 408: removed']],
  ['a failure comes', [[`${command} responses 410`, answer]], ['additive: response 410: added']],
  ['a success comes', [[`${command} responses 202`, answer]], ['breaking: response 202: added, a success']],
  ['a range can be asked for', [[`${list} responses 206`, answer]], ['additive: response 206: added']],
  [
    'a media type of a response goes',
    [['components responses CommandResult content text/event-stream', undefined]],
    ['breaking: body text/event-stream: removed'],
  ],
  [
    'a media type of a response comes',
    [['components responses Session content text/html', { schema: text }]],
    ['additive: body text/html: added'],
  ],
  [
    'a header goes',
    [['components responses RateLimited headers Retry-After', undefined]],
    ['breaking: header Retry-After: removed'],
  ],
  [
    'a header comes',
    [['components responses RateLimited headers X-Hint', { schema: text }]],
    ['additive: header X-Hint: added'],
  ],
  [
    'a header becomes required',
    [['components headers ETag required', true]],
    ['breaking: header ETag: optional → required'],
  ],
  [
    'a property of a response goes',
    [[`${schema} Session properties image`, undefined]],
    ['breaking: Session.image: property removed'],
  ],
  [
    'a property of a response comes, optional',
    [[`${schema} Session properties owner`, text]],
    ['additive: Session.owner: property added'],
  ],
  [
    'a property of a response comes, required',
    [
      [`${schema} Health properties since`, text],
      [`${schema} Health required`, ['status', 'since']],
    ],
    ['breaking: Health.since: property added, required'],
  ],
  [
    'a property of a response need not be there',
    [[`${schema} CommandResult required`, ['status']]],
    ['breaking: CommandResult.exitCode: required → optional'],
  ],
  [
    'a property of a response must be there',
    [[`${schema} CommandResult required`, ['status', 'exitCode', 'stdout']]],
    ['breaking: CommandResult.stdout: optional → required'],
  ],
  [
    'null is no longer answered',
    [[`${schema} CommandResult properties exitCode type`, 'integer']],
    ['breaking: CommandResult.exitCode: type: integer | null → integer'],
  ],
  [
    'null may be answered',
    [[`${schema} CommandResult properties stdout type`, ['string', 'null']]],
    ['breaking: CommandResult.stdout: type: string → string | null'],
  ],
  [
    'an answer has another type',
    [[`${schema} FileInfo properties size type`, 'string']],
    ['breaking: FileInfo.size: type: integer → string'],
  ],
  [
    'an answer has another format',
    [[`${schema} Session properties createdAt format`, 'date']],
    ['breaking: Session.createdAt: format: date-time → date'],
  ],
  [
    'one more value may be answered',
    [[`${schema} SessionStatus enum 2`, 'stopped']],
    ['breaking: SessionStatus: value added: stopped'],
  ],
  [
    'one more code may be answered, where any string is',
    [[`${schema} KnownErrorCode enum 20`, 'GONE']],
    ['additive: KnownErrorCode: value added: GONE'],
  ],
  [
    'a code goes, where any string is answered',
    [[`${schema} KnownErrorCode enum 19`, undefined]],
    ['breaking: KnownErrorCode: value removed: CAPACITY_EXCEEDED'],
  ],
  [
    'the items of a list are others',
    [[`${schema} SessionList properties sessions items`, text]],
    ['breaking: SessionList.sessions[]: type: object → string'],
  ],
  [
    'what a stream holds changes',
    [[`${schema} OutputEvent properties data maxLength`, 9]],
    ['breaking: OutputEvent.data: maxLength: none → 9'],
  ],
  [
    'a keyword that the tool does not know comes',
    [[`${schema} FileList properties files uniqueItems`, true]],
    ['breaking: FileList.files: uniqueItems: none → true'],
  ],
  // Alternatives, and parts that must all hold.
  [
    'a code may no longer be any string',
    [[`${schema} ErrorCode anyOf 1`, undefined]],
    ['breaking: ErrorCode: anyOf: string removed'],
  ],
  [
    'the alternatives are in another order',
    [[`${schema} ErrorCode anyOf`, [text, { $ref: '#/components/schemas/KnownErrorCode' }]]],
    ['neutral: the document: changed in what is not on the wire'],
  ],
  [
    'a stream may hold something else',
    [[`${schema} CommandEventStream contentSchema anyOf 3`, { $ref: '#/components/schemas/Health' }]],
    ['breaking: CommandEventStream (content): anyOf: Health added'],
  ],
  [
    'a request may be one of several',
    [[`${schema} CodeRequest oneOf`, [{ type: 'object' }]]],
    ['breaking: CodeRequest: oneOf added'],
  ],
  [
    'a request has to be something more',
    [[`${schema} UpdateSessionRequest allOf`, [{ type: 'object', minProperties: 1 }]]],
    ['breaking: UpdateSessionRequest: allOf added'],
  ],
  // Credentials.
  ['credentials no longer suffice', [['security 1', undefined]], ['breaking: security: apiKeyAuth no longer suffices']],
  ['other credentials suffice', [['security 2', { mtls: [] }]], ['additive: security: mtls suffices']],
  [
    'credentials are asked for',
    [['paths /health get security', [{ bearerAuth: [] }]]],
    ['breaking: security: nothing no longer suffices', 'additive: security: bearerAuth suffices'],
  ],
  [
    'a key is sent under another name',
    [['components securitySchemes apiKeyAuth name', 'Api-Key']],
    ['breaking: security scheme apiKeyAuth: name: X-API-Key → Api-Key'],
  ],
  // What people read.
  ['a description', [[`${schema} Ttl description`, 'Seconds.']], ['neutral: Ttl: description changed']],
  ['a summary', [[`${list} summary`, 'List']], ['neutral: GET /sessions: summary changed']],
  ['a tag', [[`${list} tags`, ['All']]], ['neutral: GET /sessions: tags changed']],
  [
    'an example in the place of a schema',
    [[`components responses Session ${json} examples paused`, undefined]],
    ['neutral: body application/json: examples changed'],
  ],
  [
    'a named example',
    [['components examples TextContent value', 'other']],
    ['neutral: the document: changed in what is not on the wire'],
  ],
  [
    'a schema that nothing uses',
    [[`${schema} Spare`, text]],
    ['neutral: the document: changed in what is not on the wire'],
  ],
  ['an extension', [[`${list} x-stability`, 'beta']], ['neutral: GET /sessions: x-stability changed']],
]

describe('a change is', () => {
  test.each(table)('%s', (_, edits, wanted) => {
    expect(findings(base, edited(...edits))).toEqual(wanted)
  })

  test('told once for a component, with the places where it is met and who fails', () => {
    const [finding, ...others] = group(diffDocuments(base, edited([`${schema} FileType enum 3`, 'socket'])))
    expect(others).toEqual([])
    expect(finding).toEqual({
      grade: 'breaking',
      subject: 'FileType',
      what: 'value added: socket',
      why: 'Clients of today do not expect it.',
      places: [
        'POST /sessions/{sessionId}/files, response 201',
        'GET /sessions/{sessionId}/files/list, response 200',
        'GET /sessions/{sessionId}/files/stat, response 200',
      ],
    })
  })

  test('told for each direction, when a schema is used in both', () => {
    const found = group(diffDocuments(base, edited([`${schema} Metadata maxProperties`, 16])))
    expect(found.map(({ subject, why, places }) => [subject, why, places.length])).toEqual([
      ['Metadata', 'What clients send today may be refused.', 1],
      ['Metadata', 'Servers of today may answer differently.', 6],
    ])
  })

  test('found in a schema that holds itself', () => {
    const tree = { type: 'object', properties: { child: { $ref: '#/components/schemas/Health' }, status: text } }
    const from = edited([`${schema} Health`, tree])
    const to = edited([`${schema} Health`, { ...tree, required: ['child'] }])
    expect(findings(from, to)).toEqual(['breaking: Health.child: optional → required'])
  })
})

describe('1.1.0', () => {
  test('only adds to 1.0.0', () => {
    const found = findings(read('1.0.0'), base)
    expect(found.filter((each) => each.startsWith('breaking'))).toEqual([])
    expect(found).toEqual(
      expect.arrayContaining([
        'additive: PATCH /sessions/{sessionId}: added',
        'additive: Session.image: property added',
        'additive: body text/event-stream: added',
        'additive: security: apiKeyAuth suffices',
      ]),
    )
  })

  test('could not be taken back', () => {
    const found = findings(base, read('1.0.0'))
    expect(found).toContain('breaking: PATCH /sessions/{sessionId}: removed')
    expect(found).toContain('breaking: Session.image: property removed')
  })
})

describe('the version', () => {
  const change = { subject: 'X', what: 'changed', why: '', place: '' }
  const breaking = { ...change, grade: 'breaking' } as const
  const additive = { ...change, grade: 'additive' } as const
  const neutral = { ...change, grade: 'neutral' } as const

  test.each([
    ['1.1.0', '1.1.0', [], true, /no changes/],
    ['1.1.0', '1.2.0', [], true, /no changes/],
    ['1.1.0', '1.1.0', [neutral], true, /nothing changed for those/],
    ['1.1.0', '1.1.1', [neutral], true, /nothing changed for those/],
    ['1.1.0', '1.1.0', [additive], false, /set info\.version to 1\.2\.0 \(it is 1\.1\.0\)/],
    ['1.1.0', '1.1.9', [additive, neutral], false, /set info\.version to 1\.2\.0/],
    ['1.1.0', '1.2.0', [additive], true, /additions only/],
    ['1.9.0', '1.10.0', [additive], true, /additions only/],
    ['1.1.0', '2.0.0', [additive], true, /additions only/],
    ['1.1.0', '1.1.0', [breaking], false, /undo them, or set info\.version to 2\.0\.0/],
    ['1.1.0', '1.2.0', [additive, breaking], false, /undo them, or set info\.version to 2\.0\.0/],
    ['1.1.0', '2.0.0', [breaking], true, /breaking changes/],
    ['1.1.0', '1.0.9', [neutral], false, /went down/],
    ['1.1.0', '0.9.0', [], false, /went down/],
  ])('from %s to %s with %j', (from, to, changes, ok, text) => {
    const verdict = judge(from, to, changes)
    expect(verdict.text).toMatch(text)
    expect(verdict.ok).toBe(ok)
  })

  test.each(['1.1', 'v1.1.0', '1.1.0-rc.1', '01.1.0', ''])('%j is none', (version) => {
    expect(() => judge('1.0.0', version, [])).toThrow('is not a version')
  })
})

describe('any document', () => {
  test('is the same in any order of its keys', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(diffDocuments(base, asDocument(shuffled(base, seed)))).toEqual([])
      }),
      { numRuns: 25 },
    )
  })

  test('hides no change of a value, wherever it is', () => {
    const leaves = [...valuesOf(base)].filter(
      ([place]) => !place.endsWith('$ref') && place !== 'info version' && place !== 'openapi',
    )
    fc.assert(
      fc.property(fc.constantFrom(...leaves), ([place, value]) => {
        expect(diffDocuments(base, edited([place, another(value)]))).not.toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  function shuffled(value: unknown, seed: number): unknown {
    if (Array.isArray(value)) return value.map((each) => shuffled(each, seed))
    if (!isJsonObject(value)) return value
    const weight = (key: string): number =>
      Array.from(key).reduce((sum, character) => Math.imul(sum, 31) + character.charCodeAt(0), seed)
    const entries = Object.entries(value).sort(([one], [other]) => weight(one) - weight(other))
    return Object.fromEntries(entries.map(([key, each]) => [key, shuffled(each, seed)]))
  }

  /** No key of the spec has a blank in it. */
  function* valuesOf(value: unknown, place = ''): Generator<[place: string, value: unknown]> {
    if (!isObject(value)) yield [place.trim(), value]
    else for (const [key, each] of Object.entries(value)) yield* valuesOf(each, `${place} ${key}`)
  }

  function another(value: unknown): unknown {
    if (typeof value === 'number') return value + 1
    return typeof value === 'boolean' ? !value : `${String(value)}x`
  }
})

describe('npm run spec:diff', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-spec-diff-'))
  })

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  const specDiff = (...flags: string[]): ReturnType<typeof run> =>
    run(process.execPath, ['--import', 'tsx', 'scripts/spec-diff.ts', ...flags], { cwd: root })

  async function specWith(name: string, ...edits: readonly Edit[]): Promise<string> {
    const file = path.join(folder, name)
    await writeFile(file, stringify(edited(...edits)))
    return file
  }

  test('passes for this repository, as does npm run generate -- --check', async () => {
    const { code, output } = await run('npm', ['run', '--silent', 'spec:diff'], { cwd: root })
    expect(output).toMatch(/^OK: /m)
    expect(code).toBe(0)
    expect(await run('npm', ['run', '--silent', 'generate', '--', '--check'], { cwd: root })).toMatchObject({ code: 0 })
  })

  test('lists what changed, says what to do and fails, when the version does not rise enough', async () => {
    const spec = await specWith(
      'breaking.yaml',
      [`${schema} Ttl maximum`, 3600],
      [`${schema} CommandResult properties exitCode type`, 'integer'],
      [`${schema} Session properties owner`, text],
      [`${list} summary`, 'List'],
      ['info version', '1.2.0'],
    )
    const { code, output } = await specDiff('--spec', spec)
    expect(code).toBe(1)
    expect(output).toContain('Breaking (2)\n')
    expect(output).toContain(
      '  Ttl: maximum: 28800 → 3600. What clients send today may be refused.\n    in POST /sessions',
    )
    expect(output).toContain('Additive (1)\n  Session.owner: property added\n    in POST /sessions, response 200; GET')
    expect(output).toContain('Neutral (1)\n  GET /sessions: summary changed\n')
    expect(output.trim().split('\n').at(-1)).toBe(
      'FAILED: Breaking changes need a new major version: undo them, or set info.version to 2.0.0 (it is 1.2.0).',
    )
  })

  test('names the place before what is met in one place only', async () => {
    const spec = await specWith('place.yaml', [`${schema} CommandRequest properties stdin`, undefined])
    const { output } = await specDiff('--spec', spec)
    expect(output).toContain(
      '  POST /sessions/{sessionId}/commands, request, CommandRequest.stdin: property removed. Those who use it today',
    )
  })

  test('[B14] compares schemas that hold themselves, and says where a reference to itself is', async () => {
    const tree = {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } },
    }
    const wider = ['info version', '1.2.0'] as const
    const usable = await specWith(
      'tree.yaml',
      [`${schema} Tree`, tree],
      [`${schema} Session properties tree`, { $ref: '#/components/schemas/Tree' }],
      wider,
    )
    expect(await specDiff('--spec', usable, '--base', usable)).toEqual({
      code: 0,
      output: 'OK: 1.2.0 → 1.2.0: no changes.\n',
    })
    const circle = await specWith(
      'circle.yaml',
      [`${schema} A`, { $ref: '#/components/schemas/B' }],
      [`${schema} B`, { $ref: '#/components/schemas/A' }],
      [`${schema} Session properties a`, { $ref: '#/components/schemas/A' }],
      wider,
    )
    const { code, output } = await specDiff('--spec', circle)
    expect(code).toBe(1)
    expect(output).toMatch(/^.*circle\.yaml can't be used\. #\/components\/schemas\/A is a reference to itself.*\n$/)
  })

  test('prints JSON', async () => {
    const spec = await specWith('additive.yaml', [`${schema} Ttl maximum`, 86400], ['info version', '1.2.0'])
    const { code, output } = await specDiff('--spec', spec, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(output)).toEqual({
      base: '1.1.0',
      version: '1.2.0',
      ok: true,
      verdict: '1.1.0 → 1.2.0: additions only, and the version rose for them.',
      findings: [
        {
          grade: 'additive',
          subject: 'Ttl',
          what: 'maximum: 28800 → 86400',
          why: '',
          places: ['POST /sessions, request', 'PATCH /sessions/{sessionId}, request'],
        },
      ],
    })
  })

  test('compares with the version that is named, and holds a released version to what it said', async () => {
    const releases = path.join(folder, 'held')
    await cp(released, releases, { recursive: true })
    const older = await specWith(
      'held/1.0.5.yaml',
      [`${schema} Session properties owner`, text],
      ['info version', '1.0.5'],
    )
    const spec = await specWith('held.yaml', [`${schema} Session properties owner`, text])
    const { code, output } = await specDiff('--spec', spec, '--base', older, '--releases', releases)
    expect(output).toContain('set info.version to 1.2.0 (it is 1.1.0)')
    expect(code).toBe(1)
  })

  test('releases a spec once, when its version is right', async () => {
    const releases = path.join(folder, 'releases')
    await cp(released, releases, { recursive: true })
    const release = (spec: string): ReturnType<typeof run> =>
      specDiff('--release', '--spec', spec, '--releases', releases)
    const owner: Edit = [`${schema} Session properties owner`, text]

    expect(await release(await specWith('low.yaml', owner))).toMatchObject({ code: 1 })
    expect(await readdir(releases)).toEqual(await readdir(released))

    const spec = await specWith('right.yaml', owner, ['info version', '1.2.0'])
    const first = await release(spec)
    expect(first.output).toMatch(/Released: wrote .*1\.2\.0\.yaml/)
    expect(first.code).toBe(0)
    expect(await readFile(path.join(releases, '1.2.0.yaml'), 'utf8')).toBe(await readFile(spec, 'utf8'))
    const second = await release(spec)
    expect(second.output).toContain('1.2.0 is released already.')
    expect(second.code).toBe(0)

    const reworded = await specWith('reworded.yaml', owner, ['info version', '1.2.0'], ['info title', 'API'])
    const { code, output } = await release(reworded)
    expect(output).toContain('1.2.0 is released already and stays as it is: raise info.version')
    expect(code).toBe(1)
  })

  test.each([
    ['a file that is not there', 'no-such-file.yaml', 'There is no such file.'],
    ['a file that is no spec', 'package.json', 'It is not an OpenAPI document.'],
  ])('says what is wrong with %s', async (_, spec, words) => {
    const { code, output } = await specDiff('--spec', spec)
    expect(code).toBe(1)
    expect(output).toContain(`${spec} can't be used. `)
    expect(output).toContain(words)
    expect(output).not.toContain('    at ')
  })
})

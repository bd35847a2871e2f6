/** What plain JavaScript, which no type stops, may give as options: to every method, and to the client itself. */
import { describe, expect, test } from 'vitest'
import { Session, SessionFiles, SandboxValidationError, SessionsClient } from '../../src/index.js'
import { downloadToPath, uploadFromPath } from '../../src/node/index.js'
import { thrownBy } from '../support/client.js'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()

/** Makes a call with these options, and reads what it answers to the end. */
type Call = (target: object, options: unknown) => PromiseLike<unknown>

/** Calls a method as it is: its own types would not let these options pass. */
function method(name: string, ...args: readonly unknown[]): Call {
  return async (target, options) => {
    const found: unknown = Reflect.get(target, name)
    if (typeof found !== 'function') throw new TypeError(`no method ${name}`)
    const answered: unknown = await Reflect.apply(found, target, [...args, options])
    return answered
  }
}

/** A command stream tells what is wrong where it is read. */
function stream(name: string, ...args: readonly unknown[]): Call {
  return async (target, options) => {
    const found: unknown = Reflect.get(target, name)
    if (typeof found !== 'function') throw new TypeError(`no method ${name}`)
    const command: unknown = Reflect.apply(found, target, [...args, options])
    await Reflect.get(Object(command), 'result')
  }
}

const clientCalls: Readonly<Record<string, Call>> = {
  createSession: method('createSession', {}),
  listSessions: method('listSessions', {}),
  getSession: method('getSession', sessionId),
  getSessionMetrics: method('getSessionMetrics', sessionId),
  updateSession: method('updateSession', sessionId, { ttl: 60 }),
  deleteSession: method('deleteSession', sessionId),
  pauseSession: method('pauseSession', sessionId),
  resumeSession: method('resumeSession', sessionId),
  executeCommand: method('executeCommand', sessionId, { command: 'x' }),
  executeCode: method('executeCode', sessionId, { code: 'x' }),
  streamCommand: stream('streamCommand', sessionId, { command: 'x' }),
  streamCode: stream('streamCode', sessionId, { code: 'x' }),
  uploadFile: method('uploadFile', sessionId, { path: 'a' }, 'content'),
  downloadFile: method('downloadFile', sessionId, 'a'),
  statFile: method('statFile', sessionId, { filePath: 'a' }),
  listFiles: method('listFiles', sessionId, {}),
  deleteFile: method('deleteFile', sessionId, { filePath: 'a' }),
  health: method('health'),
}
const sessionCalls: Readonly<Record<string, Call>> = {
  refresh: method('refresh'),
  extend: method('extend', 60),
  pause: method('pause'),
  resume: method('resume'),
  metrics: method('metrics'),
  run: method('run', 'x'),
  runCode: method('runCode', 'x'),
  stream: stream('stream', 'x'),
  streamCode: stream('streamCode', 'x'),
  delete: method('delete'),
}
const filesCalls: Readonly<Record<string, Call>> = {
  upload: method('upload', 'a', 'content'),
  download: method('download', 'a'),
  stat: method('stat', 'a'),
  exists: method('exists', 'a'),
  list: method('list', 'a'),
  delete: method('delete', 'a'),
}
/** What takes no options. */
const without = ['constructor', 'close', 'apiOf', 'isExpired', 'remainingMs', 'toJSON']

/** Of the options that only some calls have, those that are wrong. */
const special: Readonly<Record<string, readonly object[]>> = {
  uploadFile: [{ onProgress: 5 }, { verify: 'yes' }],
  downloadFile: [{ onProgress: {} }, { verify: 1 }],
  upload: [{ onProgress: 5 }, { verify: 'yes' }],
  download: [{ onProgress: {} }, { verify: 1 }],
  run: [{ onStdout: 5 }, { onStderr: {} }, { check: 'yes' }],
  runCode: [{ onStdout: 'x' }, { onStderr: null }, { check: 1 }],
  uploadFromPath: [{ onProgress: 5 }, { verify: 'yes' }],
  downloadToPath: [{ onProgress: 5 }, { verify: 'yes' }],
}

/** The one option that is wrong. */
function onlyKey(options: unknown): string | undefined {
  return typeof options === 'object' && options !== null ? Object.keys(options)[0] : undefined
}

const nothing = (): void => undefined
const { proxy: revoked, revoke } = Proxy.revocable({}, {})
revoke()
const careless: [what: string, parameter: string, options: unknown][] = [
  ['null', 'options', null],
  ['a number', 'options', 5],
  ['a text', 'options', 'timeoutMs: 5'],
  ['a list', 'options', []],
  ['a function', 'options', () => ({})],
  ['a Map', 'options', new Map([['timeoutMs', 5]])],
  ['a signal itself', 'options', new AbortController().signal],
  ['a controller for a signal', 'signal', { signal: new AbortController() }],
  ['a number for a signal', 'signal', { signal: 5 }],
  ['an object for a signal', 'signal', { signal: { aborted: false, addEventListener: 1 } }],
  ['a text for timeoutMs', 'timeoutMs', { timeoutMs: '5s' }],
  ['zero for timeoutMs', 'timeoutMs', { timeoutMs: 0 }],
  ['null for timeoutMs', 'timeoutMs', { timeoutMs: null }],
  ['too much for timeoutMs', 'timeoutMs', { timeoutMs: 2 ** 31 }],
  ['a fraction for maxRetries', 'maxRetries', { maxRetries: 1.5 }],
  ['null for maxRetries', 'maxRetries', { maxRetries: null }],
  ['a Headers', 'headers', { headers: new Headers({ a: 'b' }) }],
  ['a text for headers', 'headers', { headers: 'a: b' }],
  ['a number in headers', 'headers', { headers: { a: 5 } }],
  ['a line break in headers', 'headers', { headers: { a: 'b\r\nc: d' } }],
]

/** What throws because of options: always the same kind of error, and nothing was sent. */
async function refusal(call: Call, on: 'client' | 'session' | 'files', options: unknown): Promise<unknown> {
  await using server = await httpFixture((_, response) => respond(response, 200, wireSession()))
  await using client = new SessionsClient({ apiUrl: server.url, maxRetries: 0 })
  const session = await client.getSession(sessionId)
  const error = await thrownBy(() => call({ client, session, files: session.files }[on], options))
  expect(server.count).toBe(1)
  return error
}

const targets: [on: 'client' | 'session' | 'files', prototype: object, calls: Readonly<Record<string, Call>>][] = [
  ['client', SessionsClient.prototype, clientCalls],
  ['session', Session.prototype, sessionCalls],
  ['files', SessionFiles.prototype, filesCalls],
]

describe.each(targets)('[B4] careless options of every method of the %s', (on, prototype, calls) => {
  test('are tried: none is left out', () => {
    const methods = Object.entries(Object.getOwnPropertyDescriptors(prototype))
      .filter(([name, { value }]) => typeof value === 'function' && !without.includes(name))
      .map(([name]) => name)
    expect(Object.keys(calls).sort()).toEqual(methods.sort())
  })

  test.each(Object.entries(calls))('are told of by %s, before anything is sent', async (name, call) => {
    const tried = [...careless, ...(special[name] ?? []).map((options) => ['of its own', undefined, options] as const)]
    if (on === 'client') tried.push(['a revoked proxy', 'options', revoked])
    for (const [what, parameter, options] of tried) {
      const error = await refusal(call, on, options)
      expect(error, what).toBeInstanceOf(SandboxValidationError)
      expect(error, what).toMatchObject({ parameter: parameter ?? onlyKey(options) })
    }
  })
})

describe('[B4] careless options of the transfers of /node', () => {
  test.each<[string, unknown, unknown[]]>([
    ['uploadFromPath', uploadFromPath, [new URL(import.meta.url).pathname, 'a']],
    ['downloadToPath', downloadToPath, ['a', '/nowhere/at/all']],
  ])('are told of by %s, before anything is sent', async (name, transfer, args) => {
    if (typeof transfer !== 'function') throw new TypeError(`no function ${name}`)
    const call: Call = async (session, options) => {
      const done: unknown = await Reflect.apply(transfer, undefined, [session, ...args, options])
      return done
    }
    const tried = [...careless, ...(special[name] ?? []).map((options) => ['of its own', undefined, options] as const)]
    for (const [what, parameter, options] of tried) {
      const error = await refusal(call, 'session', options)
      expect(error, what).toBeInstanceOf(SandboxValidationError)
      expect(error, what).toMatchObject({ parameter: parameter ?? onlyKey(options) })
    }
  })
})

test('[B4] an instance of a class gives options as a plain object does', async () => {
  class Options {
    get signal(): AbortSignal {
      return AbortSignal.abort('by the instance')
    }
  }
  await using server = await httpFixture((_, response) => respond(response, 200, wireSession()))
  await using client = new SessionsClient({ apiUrl: server.url })
  const calls = [
    () => client.getSession(sessionId, new Options()),
    () => client.streamCommand(sessionId, { command: 'x' }, new Options()).result,
    () => client.downloadFile(sessionId, 'a', new Options()),
    () => client.uploadFile(sessionId, { path: 'a' }, 'x', new Options()),
  ]
  for (const call of calls) expect(await thrownBy(call)).toBe('by the instance')
  expect(server.count).toBe(0)
})

describe('[B4] careless options of a client', () => {
  const wrong: [what: string, parameter: string, options: unknown][] = [
    ['null', 'options', null],
    ['an address in place of options', 'options', 'http://localhost:1/v1'],
    ['a Map', 'options', new Map()],
    ['null for an address', 'apiUrl', { apiUrl: null }],
    ['a number for fetch', 'fetch', { fetch: 5 }],
    ['null for fetch', 'fetch', { fetch: null }],
    ['an object with a fetch', 'fetch', { fetch: { fetch } }],
    ['a number for hooks', 'hooks', { hooks: 5 }],
    ['null for hooks', 'hooks', { hooks: null }],
    ['a list of hooks', 'hooks', { hooks: [] }],
    ['a hook that is none', 'hooks.onRetry', { hooks: { onRetry: 'log' } }],
    ['a logger that can’t log', 'logger.debug', { logger: {} }],
    ['a logger that lacks a level', 'logger.error', { logger: { debug: nothing, info: nothing, warn: nothing } }],
    ['a number for a logger', 'logger', { logger: 5 }],
    ['a level that is none', 'logLevel', { logLevel: 'verbose' }],
    ['a number for middleware', 'middleware', { middleware: 5 }],
    ['one middleware, in no list', 'middleware', { middleware: { onRequest: () => undefined } }],
    ['a number in middleware', 'middleware', { middleware: [5] }],
    ['null in middleware', 'middleware', { middleware: [null] }],
    ['a middleware of nothing', 'middleware', { middleware: [{}] }],
    ['a middleware that can’t be called', 'middleware.onRequest', { middleware: [{ onRequest: 5 }] }],
    ['a number for a token', 'bearerToken', { bearerToken: 5 }],
    ['null for a token', 'bearerToken', { bearerToken: null }],
    ['a promise of a token', 'bearerToken', { bearerToken: Promise.resolve('token') }],
    ['a function for a key', 'apiKey', { apiKey: () => 'key' }],
    ['a text for timeoutMs', 'timeoutMs', { timeoutMs: '30s' }],
    ['null for timeoutMs', 'timeoutMs', { timeoutMs: null }],
    ['less than none for maxRetries', 'maxRetries', { maxRetries: -1 }],
    ['null for maxRetries', 'maxRetries', { maxRetries: null }],
    ['zero for maxRetryDelayMs', 'maxRetryDelayMs', { maxRetryDelayMs: 0 }],
    ['a Headers', 'headers', { headers: new Headers({ a: 'b' }) }],
  ]
  test.each(wrong)('%s is told of when it is made', (_, parameter, options) => {
    const given: unknown =
      typeof options === 'object' && options !== null && !(options instanceof Map)
        ? { apiUrl: 'http://localhost:1/v1', ...options }
        : options
    let error: unknown
    try {
      Reflect.construct(SessionsClient, [given])
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(SandboxValidationError)
    expect(error).toMatchObject({ parameter })
  })
})

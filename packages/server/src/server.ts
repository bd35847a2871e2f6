import type { Spec } from 'sandbox-sessions-openapi'
import { Authenticator, type JwtOptions } from './http/auth.js'
import { defaultDataDir, openDataDir, type DataDir } from './support/data-dir.js'
import { createEngine, type EngineChoice } from './engines/create-engine.js'
import type { Engine } from './engines/contract/engine.js'
import { codeHandlers } from './operations/code.js'
import { commandHandlers } from './operations/commands.js'
import { fileHandlers } from './operations/files.js'
import { sessionHandlers } from './operations/sessions.js'
import { systemHandlers } from './operations/system.js'
import { Admission } from './http/admission.js'
import { createApp } from './http/app.js'
import { CommandAnswers } from './http/command-answer.js'
import { Cors } from './http/cors.js'
import { addRoutes } from './http/routes.js'
import { defaultLimits, type Limits } from './support/limits.js'
import { type Clock, systemClock } from './service/clock.js'
import { CommandService } from './service/commands.js'
import { FileService } from './service/files.js'
import { IdempotencyKeys } from './service/idempotency.js'
import { JsonFiles } from './service/json-files.js'
import { isKeyedSession, isSessionRecord } from './service/record.js'
import { Sessions } from './service/sessions.js'
import { loadSpec, publishedSpec } from './http/spec/document.js'
import { requestHeadersOf, responseHeadersOf } from './http/spec/headers.js'
import { type Operation, readBasePath, readOperations } from './http/spec/operations.js'
import { compileRequestId } from './http/spec/validation.js'

export interface SandboxServerOptions {
  /** The address to listen at. Default `127.0.0.1`: this machine only. */
  readonly host?: string
  /** Default 8080; 0 takes any free port. */
  readonly port?: number
  /** Where sessions, their files and the token are kept. Default {@link defaultDataDir}. */
  readonly dataDir?: string
  /** What isolates the sessions: by name, or an engine of your own, which the server closes. Default `auto`. */
  readonly engine?: EngineChoice | Engine
  /**
   * How many bubblewrap sandboxes are started ahead of need, so that creating a session does not wait for one. Each takes some
   * 50 MiB of memory while it waits. Default 0.
   */
  readonly warmSandboxes?: number
  /** Must be true for the process engine, which isolates nothing. Default false. */
  readonly allowUnsafe?: boolean
  /** The token that clients send. Default: a random one, made at the first start and kept in the data directory. */
  readonly token?: string
  /** More static tokens, each with its user. */
  readonly tokens?: Readonly<Record<string, string>>
  /** Accepts JSON Web Tokens; `sub` is the user. */
  readonly jwt?: JwtOptions
  /**
   * Origins whose pages may use the API in a browser, for example `https://app.example.com`; `*` allows every origin.
   * Default none.
   */
  readonly corsOrigins?: readonly string[]
  /** Bounds that the spec leaves to the server. Default {@link defaultLimits}. */
  readonly limits?: Partial<Limits>
  /** `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`; written to stderr as JSON lines. Default `silent`. */
  readonly logLevel?: string
  /** How long {@link SandboxServer.close} lets running calls end by themselves, in milliseconds. Default 500. */
  readonly graceMs?: number
  /** The time of sessions, idempotency keys and rate limits, for tests. Default the machine's. */
  readonly clock?: Clock
  /** The path of another copy of the spec. Default the one of `sandbox-sessions-sdk`. */
  readonly spec?: string
}

export interface SandboxServer {
  /** The base of the API, with its version: what a client takes as `apiUrl`. */
  readonly url: string
  /** The static token; undefined when only {@link SandboxServerOptions.tokens} or JSON Web Tokens are accepted. */
  readonly token: string | undefined
  /**
   * Takes no new work, lets running calls end for a grace period in milliseconds, then ends every process, saves every
   * session and stops listening. Sessions and their files are there again at the next start on the same directory.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>
}

/** The user of the one static token. */
const defaultUser = 'default'

/** How long the last answers may take to be sent after everything has ended, in milliseconds. */
const farewellMs = 1_000

/**
 * Starts a Sandbox API on this machine.
 *
 * @throws {EngineUnavailableError} when no engine can isolate here; it says what to install.
 * @throws {Error} when the data directory or the port cannot be used.
 */
export async function createSandboxServer(options: SandboxServerOptions = {}): Promise<SandboxServer> {
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const clock = options.clock ?? systemClock
  const spec = await loadSpec(options.spec ?? publishedSpec)
  const operations = readOperations(spec)
  const cors = readCors(options, spec, operations)
  const dataDir = await openDataDir(options.dataDir ?? defaultDataDir())
  const undo: (() => Promise<unknown>)[] = [() => dataDir.release()]
  try {
    const credentials = await readCredentials(options, dataDir)
    const admission = new Admission(new Authenticator(credentials), limits, clock, cors)
    const basePath = readBasePath(spec)
    const logLevel = options.logLevel ?? 'silent'
    const app = createApp({ limits, basePath, operations, isRequestId: compileRequestId(spec), logLevel, cors })
    undo.unshift(() => app.close())

    const engine = await openEngine(options, dataDir, limits)
    for (const notice of engine.notices) app.log.warn(notice)
    const keys = new IdempotencyKeys({
      files: new JsonFiles(dataDir.keys, isKeyedSession),
      clock,
      log: app.log,
      maxPerOwner: limits.maxIdempotencyKeys,
    })
    const store = new JsonFiles(dataDir.sessions, isSessionRecord)
    const sessions = new Sessions({ engine, store, keys, clock, log: app.log, maxSessions: limits.maxSessions })
    undo.unshift(() => sessions.close())
    const answers = new CommandAnswers(new CommandService(sessions, limits, clock), limits)
    const files = new FileService(sessions, limits)
    const handlers = {
      ...sessionHandlers(sessions, files),
      ...commandHandlers(answers),
      ...codeHandlers(answers),
      ...fileHandlers(files, limits),
      ...systemHandlers(sessions),
    }
    addRoutes(app, { basePath, operations, handlers, admission })
    await sessions.start()
    const address = await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 8080 })

    let closing: Promise<void> | undefined
    const close = async (graceMs: number) => {
      try {
        await sessions.drain(graceMs)
        await sessions.close()
      } finally {
        const lateAnswers = setTimeout(() => app.server.closeAllConnections(), farewellMs)
        await app.close()
        clearTimeout(lateAnswers)
        await dataDir.release()
      }
    }
    return {
      url: reachable(address) + basePath,
      token: credentials.token,
      close: ({ graceMs = options.graceMs ?? 500 } = {}) => (closing ??= close(graceMs)),
    }
  } catch (error) {
    // Each step runs even if another one fails; the error that led here is thrown.
    for (const step of undo) await step().catch(() => undefined)
    throw error
  }
}

function readCors(
  { corsOrigins = [] }: SandboxServerOptions,
  spec: Spec,
  operations: readonly Operation[],
): Cors | undefined {
  if (corsOrigins.length === 0) return undefined
  return new Cors({
    origins: corsOrigins,
    methods: operations.map(({ method }) => method),
    requestHeaders: requestHeadersOf(spec),
    responseHeaders: responseHeadersOf(spec),
  })
}

interface Credentials {
  readonly token: string | undefined
  readonly tokens: Readonly<Record<string, string>>
  readonly jwt: JwtOptions | undefined
}

async function readCredentials(
  { token, tokens = {}, jwt }: SandboxServerOptions,
  dataDir: DataDir,
): Promise<Credentials> {
  const isConfigured = token !== undefined || jwt !== undefined || Object.keys(tokens).length > 0
  const own = isConfigured ? token : await dataDir.readToken()
  return { token: own, tokens: own === undefined ? tokens : { ...tokens, [own]: defaultUser }, jwt }
}

async function openEngine(
  { engine, allowUnsafe, warmSandboxes = 0 }: SandboxServerOptions,
  dataDir: DataDir,
  { maxMemoryBytes, maxDiskBytes }: Limits,
): Promise<Engine> {
  if (typeof engine === 'object') {
    await engine.probe()
    return engine
  }
  return await createEngine({
    dataDir: dataDir.sandboxes,
    warm: warmSandboxes,
    ...(maxMemoryBytes > 0 && { memoryBytes: maxMemoryBytes }),
    diskBytes: maxDiskBytes,
    ...(engine !== undefined && { engine }),
    ...(allowUnsafe !== undefined && { allowUnsafe }),
  })
}

/** An address that a client on this machine can use: those that mean "everywhere" can't be connected to. */
function reachable(address: string): string {
  return address.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}

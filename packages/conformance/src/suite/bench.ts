import { randomUUID } from 'node:crypto'
import {
  type CreateSessionRequest,
  SandboxAPIError,
  SandboxValidationError,
  type Session,
  SessionsClient,
} from 'sandbox-sessions-sdk'
import { isObject, type Spec, type SpecChecker } from 'sandbox-sessions-openapi'
import { Mismatch, expectEqual } from '../expect.js'
import { Recorder } from '../recorder.js'
import { knownErrorCodes } from '../spec.js'
import { Skipped } from './skipped.js'

/** The server under test. */
export interface Target {
  /** With the base path, for example `https://sandbox.example.com/v1`. */
  readonly apiUrl: string
  readonly bearerToken: string
  /** The token of another user of the same server. */
  readonly otherToken?: string | undefined
  /** Ends the suite early. Sessions are still deleted. */
  readonly signal?: AbortSignal | undefined
}

/** A request that the SDK would not send. */
export interface RawRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly body?: string | FormData
  /** Default: the right ones. */
  readonly credentials?: 'none' | 'wrong'
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
  /** Undefined when the body is not JSON. */
  readonly json: unknown
}

/** What checks work with: recorded access to the server, through the SDK and by raw requests, and sessions that are cleaned up. */
export class Bench implements AsyncDisposable {
  readonly client: SessionsClient
  readonly recorder: Recorder
  readonly spec: Spec
  readonly #target: Target
  #shared: Promise<Session> | undefined

  constructor(target: Target, checker: SpecChecker) {
    this.#target = target
    this.spec = checker.spec
    this.recorder = new Recorder(target.apiUrl)
    this.client = this.clientOf(target.bearerToken)
    target.signal?.addEventListener('abort', () => this.client.close(), { once: true })
  }

  /** Another user of the same server. @throws {Skipped} when none is known. */
  get otherClient(): SessionsClient {
    const { otherToken } = this.#target
    if (otherToken === undefined) throw new Skipped('it needs --other-token, the token of another user')
    return this.clientOf(otherToken)
  }

  clientOf(bearerToken: string): SessionsClient {
    return new SessionsClient({ apiUrl: this.#target.apiUrl, bearerToken, fetch: this.recorder.fetch })
  }

  /** A live session that checks share: they leave it running. */
  session(): Promise<Session> {
    return (this.#shared ??= this.newSession())
  }

  /** A new session for one check. @throws {Skipped} when the server makes none, which another check reports. */
  async newSession(request: CreateSessionRequest = {}): Promise<Session> {
    try {
      return await this.client.createSession(request)
    } catch (error) {
      if (error instanceof SandboxAPIError) throw new Skipped('it needs a session, and createSession fails')
      throw error
    }
  }

  /** A path that no other check uses. */
  newPath(name: string): string {
    return `conformance-${randomUUID().slice(0, 8)}/${name}`
  }

  /** @param target - below the base path. */
  async send(target: string, request: RawRequest = {}): Promise<Answer> {
    const { credentials, json, method = 'GET', body = json === undefined ? undefined : JSON.stringify(json) } = request
    const authorization =
      credentials === 'none' ? {} : { authorization: `Bearer ${credentials ?? this.#target.bearerToken}` }
    const response = await this.recorder.fetch(this.#target.apiUrl + target, {
      method,
      headers: {
        ...authorization,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(30_000),
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    return { status: response.status, headers: response.headers, bytes, json: parse(bytes) }
  }

  /** The server has to refuse the request with this status, and with this code if the spec knows it. */
  async expectRefusal(target: string, request: RawRequest, status: number, code: string): Promise<void> {
    const { status: answered, json } = await this.send(target, request)
    const what = `${request.method ?? 'GET'} ${target}`
    expectEqual(`the status of ${what}`, answered, status)
    if (!this.#knowsCode(code)) return
    expectEqual(`the error code of ${what}`, isObject(json) ? json['error'] : undefined, code)
  }

  /** The call through the SDK has to fail with this status, and with this code if the spec knows it. */
  async expectFailure(call: () => PromiseLike<unknown>, status: number, code: string): Promise<void> {
    const error = await failureOf(call)
    if (error === undefined) throw new Mismatch(`it succeeds, where ${status} ${code} is due`)
    expectEqual('the status', error.statusCode, status)
    if (this.#knowsCode(code)) expectEqual('the error code', error.errorCode, code)
  }

  /** Deletes the sessions that were made. If that fails, the checks of deleteSession report it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close()
    await using client = this.clientOf(this.#target.bearerToken)
    for (const id of await this.recorder.sessionIds()) {
      // An invalid id can't be sent, and is a finding already.
      await failureOf(() => client.deleteSession(id)).catch((error: unknown) => {
        if (!(error instanceof SandboxValidationError)) throw error
      })
    }
  }

  #knowsCode(code: string): boolean {
    return knownErrorCodes(this.spec).includes(code)
  }
}

async function failureOf(call: () => PromiseLike<unknown>): Promise<SandboxAPIError | undefined> {
  try {
    await call()
    return undefined
  } catch (error) {
    if (error instanceof SandboxAPIError) return error
    throw error
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

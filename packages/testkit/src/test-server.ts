import { rm } from 'node:fs/promises'
import { createSandboxServer, type SandboxServer, type SandboxServerOptions } from 'sandbox-sessions-server'
import { temporaryDirectory } from './temporary-directory.js'

/** An answer whose body was read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Empty when the body is no JSON object. */
  readonly json: Readonly<Record<string, unknown>>
}

export interface CallOptions {
  readonly token?: string
  readonly headers?: Record<string, string>
  readonly json?: unknown
  readonly body?: BodyInit
  readonly signal?: AbortSignal
}

/** A server on a free port with a directory of its own. */
export class TestServer {
  private constructor(
    readonly server: SandboxServer,
    readonly dataDir: string,
    private readonly options: SandboxServerOptions,
  ) {}

  static async start(options: SandboxServerOptions = {}): Promise<TestServer> {
    const dataDir = options.dataDir ?? (await temporaryDirectory())
    const all = { port: 0, engine: 'process', allowUnsafe: true, graceMs: 0, ...options, dataDir } as const
    return new TestServer(await createSandboxServer(all), dataDir, all)
  }

  get origin(): URL {
    return new URL(this.server.url)
  }

  async call(method: string, route: string, options: CallOptions = {}): Promise<Answer> {
    const { token = this.server.token, headers = {}, json, body, signal } = options
    const response = await fetch(this.server.url + route, {
      method,
      headers: {
        ...(token !== undefined && token !== '' && { authorization: `Bearer ${token}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: json === undefined ? (body ?? null) : JSON.stringify(json),
      ...(signal && { signal }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parse(text) }
  }

  /** Makes a session and answers its id. */
  async session(json: object = {}, options: CallOptions = {}): Promise<string> {
    const { json: session } = await this.call('POST', '/sessions', { ...options, json })
    return String(session['sessionId'])
  }

  command(id: string, json: object, options: CallOptions = {}): Promise<Answer> {
    return this.call('POST', `/sessions/${id}/commands`, { ...options, json })
  }

  code(id: string, json: object): Promise<Answer> {
    return this.call('POST', `/sessions/${id}/code`, { json })
  }

  upload(id: string, query: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Answer> {
    const type = body instanceof FormData ? {} : { 'content-type': 'application/octet-stream' }
    return this.call('POST', `/sessions/${id}/files?${query}`, { body, headers: { ...type, ...headers } })
  }

  download(id: string, file: string): Promise<Answer> {
    return this.call('GET', `/sessions/${id}/files?filePath=${encodeURIComponent(file)}`)
  }

  /** Stops it and starts another on the same directory. */
  async restart(changes: SandboxServerOptions = {}): Promise<TestServer> {
    await this.server.close()
    return await TestServer.start({ ...this.options, ...changes, dataDir: this.dataDir })
  }

  /** Stops it and removes its directory. */
  async close(): Promise<void> {
    await this.server.close()
    await rm(this.dataDir, { recursive: true, force: true })
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

import { SessionsClient } from 'sandbox-sessions-sdk'
import { Output } from './output.js'
import { report } from './report.js'
import { exitCodeOf } from './exit-code-of.js'

/** The options that every command has. */
export interface GlobalOptions {
  readonly url?: string | undefined
  readonly token?: string | undefined
  readonly json?: true | undefined
  readonly quiet?: true | undefined
}

/** What a command works with. */
export class Context {
  readonly stdout: Output
  readonly stderr: Output
  /** Aborted by Ctrl-C and the like, and when nobody reads the output any more. */
  readonly signal: AbortSignal
  /** The exit code when nothing is thrown. */
  exitCode = 0
  /** What the parser prints: the help, the version. */
  help = ''
  /** Set once the parser knows them. */
  globals: () => GlobalOptions = () => ({})
  #client: SessionsClient | undefined

  constructor(controller: AbortController) {
    this.stdout = new Output(1, controller)
    this.stderr = new Output(2, controller)
    this.signal = controller.signal
  }

  get json(): boolean {
    return this.globals().json === true
  }

  get quiet(): boolean {
    return this.globals().quiet === true
  }

  get client(): SessionsClient {
    const { url: apiUrl, token: bearerToken } = this.globals()
    return (this.#client ??= new SessionsClient({ apiUrl, bearerToken }))
  }

  /** The result of a command: one JSON value for machines, a text for people. */
  async print(value: unknown, text: string): Promise<void> {
    await this.stdout.write(`${this.json ? JSON.stringify(value) : text}\n`)
  }

  /** A remark for people, beside the result. */
  async note(text: string): Promise<void> {
    if (!this.json && !this.quiet) await this.stderr.write(`${text}\n`)
  }

  /** Reports a failure. The first failure decides the exit code. */
  async fail(error: unknown): Promise<void> {
    if (this.exitCode === 0) this.exitCode = exitCodeOf(error)
    await this.stderr.write(report(error, { json: this.json, debug: (process.env['SANDBOX_DEBUG'] ?? '') !== '' }))
  }
}

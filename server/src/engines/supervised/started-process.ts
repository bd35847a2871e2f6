import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { Readable, Writable } from 'node:stream'
import { EngineError, SandboxGoneError } from '../errors.js'
import { Connection } from './connection.js'

/** How long a supervisor may take to get ready, in milliseconds: a loaded machine is slow, a broken one hangs. */
const START_TIMEOUT_MS = 30_000

/** How much of what it says on its error output is kept, in bytes. */
const MAX_COMPLAINT_BYTES = 4096

/** The process that an engine starts for a sandbox, connected to the supervisor in it. */
export class StartedProcess {
  readonly child: ChildProcess
  readonly connection: Connection
  /** Resolves when the process has ended, or never started. */
  readonly ended: Promise<void>
  readonly #closed: Promise<void>
  #complaint = ''

  constructor(child: ChildProcess) {
    const { stdin, stdout, stderr } = child
    if (!(stdin instanceof Writable) || !(stdout instanceof Readable) || !(stderr instanceof Readable)) {
      throw new TypeError('the supervisor is started with pipes')
    }
    this.child = child
    this.connection = new Connection(stdout, stdin)
    stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('latin1')).slice(-MAX_COMPLAINT_BYTES)
    })
    stderr.on('error', () => undefined)
    this.#closed = new Promise((resolve) => child.on('close', () => resolve()))
    this.ended = new Promise((resolve) => {
      child.on('exit', () => resolve())
      child.on('error', (error) => {
        this.#complaint ||= error.message
        if (child.pid === undefined) resolve()
      })
    })
    void this.ended.then(() => this.connection.close('the sandbox ended'))
    void this.connection.gone.then(() => stdin.destroy())
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null
  }

  /** What it said on its error output: nothing that a guest did not write, once it is ready. */
  get complaint(): string {
    return this.#complaint.trim()
  }

  /** @throws {EngineError} with what the process said when it did not get ready. */
  async ready(): Promise<void> {
    const timer = setTimeout(() => this.connection.close('the supervisor did not get ready'), START_TIMEOUT_MS)
    try {
      await this.connection.ready()
    } catch (error) {
      if (!(error instanceof SandboxGoneError)) throw error
      // Its last words may come after the end of its output.
      await Promise.race([this.#closed, delay(1000, undefined, { ref: false })])
      throw new EngineError(`a sandbox could not be started: ${this.complaint || error.message}`, { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }
}

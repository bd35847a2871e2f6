import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Readable, Writable } from 'node:stream'
import { EngineError, SandboxGoneError } from '../contract/errors.js'
import { asSentence } from './as-sentence.js'
import { Connection } from './connection.js'

/** How long a supervisor may take to get ready, in milliseconds: a machine under load is slow. */
const startTimeoutMs = 30_000

/** How much of its error output is kept, in bytes. */
const maxComplaintBytes = 4096

/** The process that an engine starts for a sandbox, connected to the supervisor in it. */
export class StartedProcess {
  readonly child: ChildProcess
  readonly connection: Connection
  /** Resolves when the process has ended, or never started. */
  readonly ended: Promise<void>
  readonly #closed: Promise<void>
  #complaint = ''
  /** Why it never started. */
  #failure: Error | undefined

  /** @throws {EngineError} when there are no descriptors for its pipes. */
  static async of(child: ChildProcess): Promise<StartedProcess> {
    const pipes: readonly unknown[] = [child.stdin, child.stdout, child.stderr]
    const [stdin, stdout, stderr] = pipes
    if (stdin instanceof Writable && stdout instanceof Readable && stderr instanceof Readable) {
      return new StartedProcess(child, stdin, stdout, stderr)
    }
    // Without descriptors, Node makes no pipes, and its error would end the server if nobody listened.
    const told: unknown[] = await once(child, 'error')
    const [cause] = told
    throw new EngineError(`A sandbox could not be started. ${asSentence(messageOf(cause))}`, { cause })
  }

  private constructor(child: ChildProcess, stdin: Writable, stdout: Readable, stderr: Readable) {
    this.child = child
    this.connection = new Connection(stdout, stdin)
    stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('latin1')).slice(-maxComplaintBytes)
    })
    stderr.on('error', () => undefined)
    this.#closed = new Promise((resolve) => child.on('close', () => resolve()))
    this.ended = new Promise((resolve) => {
      child.on('exit', () => resolve())
      child.on('error', (error) => {
        this.#complaint ||= error.message
        this.#failure ??= error
        if (child.pid === undefined) resolve()
      })
    })
    void this.ended.then(() => this.connection.close('The sandbox ended.'))
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
    const timer = setTimeout(() => this.connection.close('The supervisor did not get ready.'), startTimeoutMs)
    try {
      await this.connection.ready()
    } catch (error) {
      if (!(error instanceof SandboxGoneError)) throw error
      // Its error output may end after its output.
      await Promise.race([this.#closed, delay(1000, undefined, { ref: false })])
      throw new EngineError(`A sandbox could not be started. ${asSentence(this.complaint || error.message)}`, {
        cause: this.#failure ?? error,
      })
    } finally {
      clearTimeout(timer)
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

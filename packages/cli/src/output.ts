import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { WriteStream, isatty } from 'node:tty'
import { OutputClosedError } from './cli-error.js'

/** Standard output or standard error. */
export class Output {
  readonly isTerminal: boolean
  readonly #stream: Writable
  readonly #controller: AbortController

  /** @param controller - Aborted when the reader of the output goes away, since going on is then pointless. */
  constructor(descriptor: 1 | 2, controller: AbortController) {
    this.isTerminal = isatty(descriptor)
    this.#controller = controller
    this.#stream = openStream(descriptor)
    this.#stream.on('error', (error) => controller.abort(outputError(error)))
  }

  /** The width of the terminal; undefined when the output is no terminal. */
  get columns(): number | undefined {
    return this.#stream instanceof WriteStream ? this.#stream.columns : undefined
  }

  /** Settles when the data is written, so that a slow reader slows the writer down. Rejects with the abort reason. */
  async write(data: string | Uint8Array): Promise<void> {
    if (data.length === 0) return
    const { signal } = this.#controller
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        const reason: unknown = signal.reason
        reject(reason)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#stream.write(data, (error) => {
        signal.removeEventListener('abort', onAbort)
        if (error) reject(outputError(error))
        else resolve()
      })
    })
  }
}

function openStream(descriptor: 1 | 2): Writable {
  const kind = fstatSync(descriptor)
  // process.stdout blocks the whole process while a pipe is full: it would notice no signal until somebody reads.
  if (kind.isFIFO() || kind.isSocket()) return new Socket({ fd: descriptor, readable: false, writable: true })
  return descriptor === 1 ? process.stdout : process.stderr
}

function outputError(error: Error): Error {
  const isClosed = 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET')
  return isClosed ? new OutputClosedError() : error
}

import { readSync } from 'node:fs'
import { Socket } from 'node:net'
import type { OutgoingStream } from '../protocol/outgoing-stream.js'
import type { OutputLog } from './output-log.js'

/** How long a process that outlived its command may still add to the command's output, in milliseconds. */
const graceMs = 100

/** The most that a pipe can hold (fs.pipe-max-size), in bytes: anything beyond it was written after the command ended. */
const maxRestBytes = 1024 * 1024

/** Carries one output pipe of a command to its log, no faster than the log takes it. */
export class OutputPump {
  readonly #fd: number
  readonly #socket: Socket
  readonly #log: OutputLog
  readonly #first: OutgoingStream
  #moving: Promise<void> = Promise.resolve()
  #over = false
  #hurry = false

  /** @param first - the stream of the call that started the command. */
  constructor(readFd: number, log: OutputLog, first: OutgoingStream) {
    this.#fd = readFd
    this.#log = log
    this.#first = first
    this.#socket = new Socket({ fd: readFd, readable: true, writable: false })
    this.#socket.on('error', () => undefined)
    this.#socket.on('data', (chunk: Buffer) => this.#carry(chunk))
    this.#socket.on('close', () => void this.#finish())
  }

  /** The command ended: delivers what its pipe holds, and drops what others write to it later. */
  commandEnded(): void {
    setTimeout(() => void this.#deliverRest(), graceMs).unref()
  }

  /** The call that started the command gets no more output than it has room for now. */
  hurry(): void {
    this.#hurry = true
  }

  #carry(chunk: Buffer): void {
    if (this.#over) return
    this.#socket.pause()
    this.#moving = this.#log.append(chunk).then(() => {
      if (!this.#over) this.#socket.resume()
    })
  }

  async #finish(): Promise<void> {
    if (this.#over) return
    if (!this.#hurry) await this.#moving
    this.#over = true
    this.#close()
  }

  async #deliverRest(): Promise<void> {
    if (this.#over || this.#socket.destroyed) return
    this.#over = true
    this.#socket.pause()
    if (!this.#hurry) await this.#moving
    for (let bytes = 0; bytes < maxRestBytes;) {
      const chunk = this.#readNow()
      if (chunk === undefined) break
      bytes += chunk.length
      const adding = this.#log.append(chunk)
      if (!this.#hurry) await adding
    }
    this.#close()
    // Closing the pipe would kill a background process at its next line, so this reads on and drops it.
    this.#socket.resume()
  }

  #close(): void {
    if (this.#hurry) this.#log.cut(this.#first)
    this.#log.close()
  }

  #readNow(): Buffer | undefined {
    // The socket may hold bytes that it has read already.
    const ahead: unknown = this.#socket.read()
    if (Buffer.isBuffer(ahead)) return ahead
    if (this.#socket.destroyed || this.#socket.readableEnded) return undefined
    const buffer = Buffer.allocUnsafe(64 * 1024)
    try {
      const bytes = readSync(this.#fd, buffer)
      return bytes === 0 ? undefined : buffer.subarray(0, bytes)
    } catch {
      return undefined
    }
  }
}

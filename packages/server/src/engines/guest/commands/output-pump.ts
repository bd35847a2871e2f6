import { readSync } from 'node:fs'
import { Socket } from 'node:net'
import type { OutgoingStream } from '../protocol/outgoing-stream.js'

/** How long a process that outlived its command may still add to the command's output, in milliseconds. */
const GRACE_MS = 100

/** What a pipe can hold at the most (fs.pipe-max-size), in bytes: more than this was written after the command ended. */
const MAX_REST_BYTES = 1024 * 1024

/** Carries one output pipe of a command to its stream, no faster than the stream takes it. */
export class OutputPump {
  readonly #fd: number
  readonly #socket: Socket
  readonly #stream: OutgoingStream
  #moving: Promise<unknown> = Promise.resolve()
  #over = false
  #hurry = false

  constructor(readFd: number, stream: OutgoingStream) {
    this.#fd = readFd
    this.#stream = stream
    this.#socket = new Socket({ fd: readFd, readable: true, writable: false })
    this.#socket.on('error', () => undefined)
    this.#socket.on('data', (chunk) => this.#carry(chunk))
    this.#socket.on('close', () => void this.#finish())
  }

  /** The command ended: what its pipe holds is delivered, what others write to it later is dropped. */
  commandEnded(): void {
    setTimeout(() => void this.#deliverRest(), GRACE_MS).unref()
  }

  /** Nobody waits for the output any more: it goes on no further than the receiver has room now. */
  hurry(): void {
    this.#hurry = true
  }

  #carry(chunk: Uint8Array): void {
    if (this.#over) return
    this.#socket.pause()
    this.#moving = this.#stream.write(chunk).then(() => {
      if (!this.#over) this.#socket.resume()
    })
  }

  async #finish(): Promise<void> {
    if (this.#over) return
    if (!this.#hurry) await this.#moving
    this.#over = true
    this.#stream.end()
  }

  async #deliverRest(): Promise<void> {
    if (this.#over || this.#socket.destroyed) return
    this.#over = true
    this.#socket.pause()
    if (!this.#hurry) await this.#moving
    for (let bytes = 0; bytes < MAX_REST_BYTES;) {
      const chunk = this.#readNow()
      if (chunk === undefined) break
      bytes += chunk.length
      if (this.#hurry) {
        if (!this.#stream.offer(chunk)) break
      } else if (!(await this.#stream.write(chunk))) break
    }
    this.#stream.end()
    // Closing the pipe would kill a background process at its next line: read on, and drop it.
    this.#socket.resume()
  }

  #readNow(): Uint8Array | undefined {
    // The socket may hold bytes that it read ahead of this.
    const ahead: unknown = this.#socket.read()
    if (ahead instanceof Uint8Array) return ahead
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

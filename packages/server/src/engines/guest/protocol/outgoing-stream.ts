import { windowBytes, affordableBytes, frameCost } from './credit.js'

export interface OutgoingFrames {
  data(payload: Uint8Array): void
  end(): void
}

/** The sending side of a stream: never sends more than the receiver has room for. */
export class OutgoingStream {
  readonly #frames: OutgoingFrames
  #credit = windowBytes
  #closed = false
  #waiting: (() => void) | undefined

  constructor(frames: OutgoingFrames) {
    this.#frames = frames
  }

  get closed(): boolean {
    return this.#closed
  }

  /**
   * Resolves when all of it was sent, so that the caller reads no more than the receiver can take. Only one write at a time.
   *
   * @returns false when the stream is closed: what is left of the chunk was dropped.
   */
  async write(chunk: Uint8Array): Promise<boolean> {
    let rest = this.#send(chunk)
    while (rest.length > 0 && !this.#closed) {
      await new Promise<void>((resolve) => (this.#waiting = resolve))
      rest = this.#send(rest)
    }
    return !this.#closed
  }

  /** Sends what fits now and drops the rest: for output that nobody waits for any more. */
  offer(chunk: Uint8Array): boolean {
    return this.#send(chunk).length === 0
  }

  end(): void {
    if (this.#closed) return
    this.close()
    this.#frames.end()
  }

  /** Nothing is sent after this, not even the end. */
  close(): void {
    this.#closed = true
    this.#wake()
  }

  addCredit(bytes: number): void {
    this.#credit = Math.min(windowBytes, this.#credit + bytes)
    this.#wake()
  }

  #send(chunk: Uint8Array): Uint8Array {
    let rest = chunk
    while (rest.length > 0 && !this.#closed) {
      const part = rest.subarray(0, Math.max(0, affordableBytes(this.#credit)))
      if (part.length === 0) break
      this.#credit -= frameCost(part.length)
      this.#frames.data(part)
      rest = rest.subarray(part.length)
    }
    return rest
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }
}

import { windowBytes, frameCost } from './credit.js'
import { ProtocolError } from './frames.js'

/**
 * The receiving side of a stream: an async iterable that gives the sender room only as fast as it is consumed.
 *
 * It has one consumer. When the consumer leaves early, the rest is dropped, so that the sender is not held up.
 */
export class IncomingStream implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array, undefined> {
  readonly #grant: (bytes: number) => boolean
  #queue: Uint8Array[] = []
  #room = windowBytes
  #consumed = 0
  #ended = false
  #discarding = false
  #error: Error | undefined
  #waiting: (() => void) | undefined

  /**
   * @param grant - tells the sender that there is room again, in bytes; returns false when that has to wait for
   * {@link IncomingStream.grantRoom}.
   */
  constructor(grant: (bytes: number) => boolean) {
    this.#grant = grant
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Whether only the sender keeps it from going on. */
  get starving(): boolean {
    return !this.#ended && this.#queue.length === 0 && (this.#discarding || this.#waiting !== undefined)
  }

  /** @throws {ProtocolError} when the sender had no room for it. */
  push(chunk: Uint8Array): void {
    const cost = frameCost(chunk.length)
    if (this.#ended || cost > this.#room) throw new ProtocolError('A stream was sent more than it has room for.')
    this.#room -= cost
    if (this.#discarding) this.#consume(chunk)
    else this.#queue.push(chunk)
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** Delivers what was received before; then the consumer gets the error. */
  fail(error: Error): void {
    if (this.#ended) return
    this.#error = error
    this.end()
  }

  discard(): void {
    this.#discarding = true
    for (const chunk of this.#queue.splice(0)) this.#consume(chunk)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const chunk = this.#queue.shift()
      if (chunk !== undefined) {
        this.#consume(chunk)
        return { done: false, value: chunk }
      }
      if (this.#discarding) return { done: true, value: undefined }
      if (this.#ended) {
        if (this.#error === undefined) return { done: true, value: undefined }
        const error = this.#error
        this.#error = undefined
        throw error
      }
      await new Promise<void>((resolve) => (this.#waiting = resolve))
    }
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.discard()
    return Promise.resolve({ done: true, value: undefined })
  }

  #consume(chunk: Uint8Array): void {
    this.#consumed += frameCost(chunk.length)
    // A grant for every chunk would double the number of frames. When the queue is empty, the sender may be out of credit.
    if (this.#ended || (this.#queue.length > 0 && this.#consumed < windowBytes / 4)) return
    this.grantRoom()
  }

  /** Tells the sender of the room that it does not know of yet. */
  grantRoom(): void {
    if (this.#ended || this.#consumed === 0 || !this.#grant(this.#consumed)) return
    this.#room += this.#consumed
    this.#consumed = 0
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }
}

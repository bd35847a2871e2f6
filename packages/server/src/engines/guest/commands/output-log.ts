import type { OutgoingStream } from '../protocol/outgoing-stream.js'

/** Small pieces are joined into blocks of this size, so that what is kept takes hardly more memory than its bytes. */
const blockBytes = 16 * 1024

interface Block {
  /** Where it begins in the output. */
  readonly start: number
  readonly bytes: Buffer
  length: number
}

interface Follower {
  readonly stream: OutgoingStream
  position: number
  isWriting: boolean
}

/** One output of a command: the latest bytes of it, and everything that a follower still has to get. */
export class OutputLog {
  readonly #keepBytes: number
  readonly #blocks: Block[] = []
  readonly #followers = new Set<Follower>()
  #end = 0
  #closed = false
  #waiting: (() => void)[] = []

  constructor(keepBytes: number) {
    this.#keepBytes = keepBytes
  }

  /** Position of the first byte that is still kept. */
  get start(): number {
    return this.#blocks[0]?.start ?? this.#end
  }

  /** Position after the last byte that was written. */
  get end(): number {
    return this.#end
  }

  /** Resolves when there is room for more: when no follower is further behind than what is kept. */
  async append(bytes: Buffer): Promise<void> {
    this.#store(bytes)
    this.#trim()
    this.#wake()
    while (this.#end - this.#slowest > this.#keepBytes && !this.#closed) await this.#change()
  }

  /** Sends the output from a position on and ends the stream with it; resolves when that is done, or the follower left. */
  async follow(from: number, stream: OutgoingStream): Promise<void> {
    const follower: Follower = { stream, position: Math.max(from, this.start), isWriting: false }
    this.#followers.add(follower)
    try {
      while (!stream.closed) {
        const piece = this.#at(follower.position)
        if (piece !== undefined) {
          follower.isWriting = true
          const isSent = await stream.write(piece)
          follower.isWriting = false
          if (!isSent) return
          follower.position += piece.length
          this.#trim()
          this.#wake()
        } else if (this.#closed) stream.end()
        else await this.#change()
      }
    } finally {
      this.#followers.delete(follower)
      this.#trim()
      this.#wake()
    }
  }

  /** Ends a follower's stream: it wants no more. */
  leave(stream: OutgoingStream): void {
    stream.end()
    this.#wake()
  }

  /** Ends the output. Followers get the rest as fast as they take it. */
  close(): void {
    this.#closed = true
    this.#wake()
  }

  /** Gives a follower what it has room for now, and ends its stream. */
  cut(stream: OutgoingStream): void {
    for (const follower of this.#followers) {
      // There is no room for what is being written.
      if (follower.stream !== stream || follower.isWriting) continue
      for (let at = follower.position; ;) {
        const piece = this.#at(at)
        if (piece === undefined || !stream.offer(piece)) break
        at += piece.length
      }
    }
    this.leave(stream)
  }

  get #slowest(): number {
    let slowest = this.#end
    for (const { position } of this.#followers) slowest = Math.min(slowest, position)
    return slowest
  }

  #store(bytes: Buffer): void {
    const last = this.#blocks.at(-1)
    if (last !== undefined && last.bytes.length - last.length >= bytes.length) {
      last.bytes.set(bytes, last.length)
      last.length += bytes.length
    } else {
      const isLarge = bytes.length >= blockBytes || this.#keepBytes === 0
      const block = isLarge ? bytes : Buffer.allocUnsafeSlow(blockBytes)
      if (!isLarge) block.set(bytes)
      this.#blocks.push({ start: this.#end, bytes: block, length: bytes.length })
    }
    this.#end += bytes.length
  }

  #at(position: number): Buffer | undefined {
    // It is nearly always one of the last, so that a binary search would gain nothing.
    for (let index = this.#blocks.length - 1; index >= 0; index -= 1) {
      const block = this.#blocks[index]
      if (block === undefined || position >= block.start + block.length) return undefined
      if (position >= block.start) return block.bytes.subarray(position - block.start, block.length)
    }
    return undefined
  }

  #trim(): void {
    const needed = Math.min(this.#slowest, this.#end - this.#keepBytes)
    for (let first = this.#blocks[0]; first !== undefined; first = this.#blocks[0]) {
      if (first.start + first.length > needed) return
      this.#blocks.shift()
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

import type { Readable } from 'node:stream'

/** A piece of a stream of megabytes proves nothing about the rest, and all of it would fill the memory. */
const most = 4 * 1024 ** 2

/** Keeps what flows by, up to a size. It makes the stream flow; whoever else reads it must begin in the same turn. */
export class KeptBody {
  #chunks: Buffer[] = []
  #size = 0

  constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      this.#size += chunk.length
      if (this.isWhole) this.#chunks.push(chunk)
      else this.#chunks = []
    })
  }

  get size(): number {
    return this.#size
  }

  /** Whether nothing of what came had to be let go. */
  get isWhole(): boolean {
    return this.#size <= most
  }

  get bytes(): Buffer | undefined {
    return this.isWhole ? Buffer.concat(this.#chunks) : undefined
  }
}

import { ContentTooLargeError } from './errors.js'

/** Passes a content on until it turns out to be longer than `limit` bytes. */
export class LimitedContent implements AsyncIterable<Uint8Array> {
  /** What ended the content early, whatever whoever consumed it made of that. */
  failure: unknown

  constructor(
    private readonly content: AsyncIterable<Uint8Array>,
    private readonly limit: number,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let size = 0
    try {
      for await (const chunk of this.content) {
        size += chunk.byteLength
        if (size > this.limit) throw new ContentTooLargeError(this.limit)
        yield chunk
      }
    } catch (error) {
      this.failure = error
      throw error
    }
  }
}

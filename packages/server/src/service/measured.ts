/** Passes a content on, and calls `onSize` with the length so far before each piece. An error of `onSize` ends the content. */
export class MeasuredContent implements AsyncIterable<Uint8Array> {
  /** The error that ended the content early, even if its consumer threw another one. */
  failure: unknown

  constructor(
    private readonly content: AsyncIterable<Uint8Array>,
    private readonly onSize: (bytes: number) => void,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let size = 0
    try {
      for await (const chunk of this.content) {
        size += chunk.byteLength
        this.onSize(size)
        yield chunk
      }
    } catch (error) {
      this.failure = error
      throw error
    }
  }
}

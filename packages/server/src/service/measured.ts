/** Passes a content on and tells how long it is so far, before each piece; what `onSize` throws ends it. */
export class MeasuredContent implements AsyncIterable<Uint8Array> {
  /** What ended the content early, whatever whoever consumed it made of that. */
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

export interface CollectedOutput {
  readonly text: string
  /** There was more than the cap; its end is missing. */
  readonly truncated: boolean
}

/**
 * Reads an output to its end and keeps the first `cap` bytes of it as text. What comes after the cap is read and dropped,
 * so that the process never waits for a reader. Bytes that are no UTF-8 become U+FFFD.
 */
export async function collectOutput(output: AsyncIterable<Uint8Array>, cap: number): Promise<CollectedOutput> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let text = ''
  let room = cap
  let truncated = false
  for await (const chunk of output) {
    truncated ||= chunk.byteLength > room
    const kept = chunk.subarray(0, room)
    room -= kept.byteLength
    if (kept.byteLength > 0) text += decoder.decode(kept, { stream: true })
  }
  // A character that the cap cut in two is left out rather than shown as broken.
  return { text: truncated ? text : text + decoder.decode(), truncated }
}

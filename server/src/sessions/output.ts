export interface CollectedOutput {
  readonly text: string
  /** There was more than the cap; its end is missing. */
  readonly truncated: boolean
}

/** How many bytes of an output become one piece of text, at the most. */
const longestPiece = 64 * 1024

/**
 * An output as text, as it comes: a character that falls between two pieces goes whole into the second, and bytes that are
 * no UTF-8 become U+FFFD.
 */
export async function* decodeOutput(output: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  for await (const chunk of output) {
    for (let rest = chunk; rest.byteLength > 0; rest = rest.subarray(longestPiece)) {
      const text = decoder.decode(rest.subarray(0, longestPiece), { stream: true })
      if (text !== '') yield text
    }
  }
  const end = decoder.decode()
  if (end !== '') yield end
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

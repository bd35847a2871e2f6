import { fitEscaped } from './escaped-size.js'
import type { HeldOutput } from './output-budget.js'

import { TextDecoder } from 'node:util'

/** How output is given: as text, or exact to the byte. */
export type OutputEncoding = 'utf-8' | 'base64'

/** A piece of an output. Without an encoding it is text, as before encodings were added. */
export interface OutputPiece {
  readonly data: string
  readonly encoding?: 'base64'
}

/** An output up to its cap, in the encoding that was asked for. */
export interface CollectedOutput {
  readonly data: string
  /** Whether the output was longer than the cap, so that its end is missing. */
  readonly truncated: boolean
}

/** The most bytes of an output in one piece. */
const longestPiece = 64 * 1024

/** The encoding as a result and each piece show it. */
export function named(encoding: OutputEncoding): { readonly encoding?: 'base64' } {
  return encoding === 'base64' ? { encoding } : {}
}

/** An output as it comes. In base64, each piece can be decoded by itself. */
export async function* outputPieces(
  output: AsyncIterable<Uint8Array>,
  encoding: OutputEncoding,
): AsyncGenerator<OutputPiece> {
  if (encoding === 'utf-8') {
    for await (const data of decodeOutput(output)) yield { data }
    return
  }
  for await (const piece of shortPieces(output)) yield { data: viewOf(piece).toString('base64'), encoding }
}

/**
 * An output as text, as it comes: a character that falls between two pieces goes whole into the second, and bytes that are
 * not UTF-8 become U+FFFD.
 */
async function* decodeOutput(output: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = newDecoder()
  for await (const piece of shortPieces(output)) {
    const text = decoder.decode(piece, { stream: true })
    if (text !== '') yield text
  }
  const end = decoder.decode()
  if (end !== '') yield end
}

/**
 * Reads an output to its end and keeps the first `cap` bytes of it, and of text no more than takes twice as many in JSON. What
 * comes after that, or does not fit into what all outputs may hold, is read and dropped, so that the process never waits for a
 * reader. As text, bytes that are not UTF-8 become U+FFFD.
 */
export async function collectOutput(
  output: AsyncIterable<Uint8Array>,
  cap: number,
  encoding: OutputEncoding,
  held: HeldOutput,
): Promise<CollectedOutput> {
  const kept = new KeptBytes(cap, encoding === 'utf-8' ? 2 * cap : Infinity, held)
  for await (const chunk of output) kept.add(chunk)
  const { bytes, truncated } = kept
  // A character that the cap cut in two is left out rather than shown as broken.
  const data = encoding === 'base64' ? bytes.toString('base64') : newDecoder().decode(bytes, { stream: truncated })
  return { data, truncated }
}

/** Copies the first bytes together, since each small chunk would keep the large buffer alive that it is a part of. */
class KeptBytes {
  truncated = false
  #buffer = Buffer.alloc(0)
  #length = 0
  #escaped = 0

  constructor(
    private readonly cap: number,
    /** The most bytes that it may take as a JSON string. */
    private readonly mostEscaped: number,
    private readonly held: HeldOutput,
  ) {}

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  add(chunk: Uint8Array): void {
    // The end that is missing begins once.
    if (this.truncated) return
    const kept = chunk.subarray(0, this.#room(chunk))
    this.truncated = kept.byteLength < chunk.byteLength
    const needed = this.#length + kept.byteLength
    if (needed > this.#buffer.byteLength) {
      const larger = Buffer.allocUnsafeSlow(Math.min(this.cap, Math.max(needed, 2 * this.#buffer.byteLength)))
      larger.set(this.bytes)
      this.#buffer = larger
    }
    this.#buffer.set(kept, this.#length)
    this.#length = needed
  }

  #room(chunk: Uint8Array): number {
    const most = Math.min(chunk.byteLength, this.cap - this.#length)
    if (this.mostEscaped === Infinity) return this.held.take(most)
    const { count, size } = fitEscaped(chunk.subarray(0, most), this.mostEscaped - this.#escaped)
    this.#escaped += size
    return this.held.take(count)
  }
}

async function* shortPieces(output: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of output) {
    for (let rest = chunk; rest.byteLength > 0; rest = rest.subarray(longestPiece)) yield rest.subarray(0, longestPiece)
  }
}

function newDecoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true })
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

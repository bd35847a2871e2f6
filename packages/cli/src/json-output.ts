/** Output of commands in JSON: as text where it is UTF-8, and as base64 where it is not. */
import { isUtf8 } from 'node:buffer'

/** Without an encoding it is text. */
export interface JsonOutput {
  readonly data: string
  readonly encoding?: 'base64'
}

export function jsonOutput(bytes: Uint8Array): JsonOutput {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return isUtf8(bytes) ? { data: buffer.toString() } : { data: buffer.toString('base64'), encoding: 'base64' }
}

/** Cuts an output between characters: a character that falls between two pieces goes whole into the second. */
export class CharacterBounds {
  #held: Uint8Array = new Uint8Array()

  /** The complete characters of the next piece, after what was kept from the previous one. */
  take(piece: Uint8Array): Uint8Array {
    const bytes = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece])
    const end = bytes.length - begunAtTheEnd(bytes)
    // If it is not text anyway, nothing has to be kept.
    const cut = isUtf8(bytes.subarray(0, end)) ? end : bytes.length
    this.#held = bytes.slice(cut)
    return bytes.subarray(0, cut)
  }

  /** What is left at the end. */
  rest(): Uint8Array {
    const rest = this.#held
    this.#held = new Uint8Array()
    return rest
  }
}

/** How many bytes at the end are the start of an incomplete character. */
function begunAtTheEnd(bytes: Uint8Array): number {
  for (let count = 1; count < 4; count += 1) {
    const byte = bytes.at(-count) ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const length = byte > 0xf4 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1
    return length > count ? count : 0
  }
  return 0
}

/**
 * One frame: payload length (u32, big endian), kind (u8), stream (u8), call (u32), payload.
 *
 * A call is one operation that the engine asked for; a stream is one direction of bytes within it.
 */
export interface Frame {
  readonly kind: number
  readonly stream: number
  readonly call: number
  readonly payload: Buffer
}

export const FrameKind = {
  /** Engine to supervisor, JSON: starts a call. */
  request: 1,
  /** Supervisor to engine, JSON: what the call says before it is over (at most once). */
  reply: 2,
  /** Supervisor to engine, JSON: the outcome of the call (exactly once). */
  done: 3,
  /** Either way: bytes of a stream. */
  data: 4,
  /** Either way: the stream has no more bytes. */
  end: 5,
  /** Either way, u32: how much more the receiver of the stream has room for. */
  credit: 6,
  /** Engine to supervisor: end the call early. */
  cancel: 7,
} as const

export const headerBytes = 10

/** The other end broke the protocol, and can't be trusted any more. */
export class ProtocolError extends Error {
  override name = 'ProtocolError'
}

export function encodeHeader(kind: number, stream: number, call: number, payloadBytes: number): Buffer {
  const header = Buffer.allocUnsafe(headerBytes)
  header.writeUInt32BE(payloadBytes, 0)
  header.writeUInt8(kind, 4)
  header.writeUInt8(stream, 5)
  header.writeUInt32BE(call, 6)
  return header
}

/** Cuts a byte stream into frames, holding no more than one frame and one chunk. */
export class FrameDecoder {
  readonly #maxPayload: number
  #chunks: Buffer[] = []
  #bytes = 0

  /** @param maxPayload - bytes; a longer frame is a {@link ProtocolError} as soon as its header is there. */
  constructor(maxPayload: number) {
    this.#maxPayload = maxPayload
  }

  *push(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    while (this.#bytes >= headerBytes) {
      const header = this.#peek(headerBytes)
      const length = header.readUInt32BE(0)
      if (length > this.#maxPayload) throw new ProtocolError(`A frame of ${length} bytes is longer than allowed.`)
      if (this.#bytes < headerBytes + length) return
      const whole = this.#take(headerBytes + length)
      yield {
        kind: whole.readUInt8(4),
        stream: whole.readUInt8(5),
        call: whole.readUInt32BE(6),
        payload: whole.subarray(headerBytes),
      }
    }
  }

  #peek(bytes: number): Buffer {
    const first = this.#chunks[0]
    if (first !== undefined && first.length >= bytes) return first
    // Joins only as many chunks as needed: joining all of them on each chunk of a long frame would cost quadratic time.
    let count = 0
    let size = 0
    for (const chunk of this.#chunks) {
      count += 1
      size += chunk.length
      if (size >= bytes) break
    }
    const joined = Buffer.concat(this.#chunks.splice(0, count))
    this.#chunks.unshift(joined)
    return joined
  }

  #take(bytes: number): Buffer {
    const first = this.#peek(bytes)
    if (first.length === bytes) this.#chunks.shift()
    else this.#chunks[0] = first.subarray(bytes)
    this.#bytes -= bytes
    return first.subarray(0, bytes)
  }
}

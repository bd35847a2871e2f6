import type { Readable, Writable } from 'node:stream'
import { FrameDecoder, FrameKind, ProtocolError, encodeHeader } from './frames.js'
import type { Frame } from './frames.js'
import { IncomingStream } from './incoming-stream.js'
import { OutgoingStream } from './outgoing-stream.js'

export interface LinkHandlers {
  /** Any frame but data, end and credit. May throw a {@link ProtocolError}. */
  control(frame: Frame): void
  /** A frame came for a stream that is not there, or no longer. May throw a {@link ProtocolError}. */
  strayed?(call: number): void
  /** A stream got its last byte. */
  streamEnded?(call: number): void
  /** Called once: the other end hung up (no error), or it broke the protocol or the pipe. */
  closed(error: Error | undefined): void
}

/** Both ends of the protocol: frames over a pair of byte streams, and the flow control of the streams within calls. */
export class Link {
  readonly #output: Writable
  readonly #handlers: LinkHandlers
  readonly #incoming = new Map<string, IncomingStream>()
  readonly #outgoing = new Map<string, OutgoingStream>()
  #open = true

  /** @param maxPayload - bytes of the longest frame that the other end may send. */
  constructor(input: Readable, output: Writable, maxPayload: number, handlers: LinkHandlers) {
    this.#output = output
    this.#handlers = handlers
    const decoder = new FrameDecoder(maxPayload)
    input.on('data', (chunk: Buffer) => {
      try {
        for (const frame of decoder.push(chunk)) if (this.#open) this.#receive(frame)
      } catch (error) {
        this.close(error instanceof Error ? error : new ProtocolError(String(error)))
      }
    })
    input.on('end', () => this.close(undefined))
    input.on('close', () => this.close(undefined))
    input.on('error', (error) => this.close(error))
    output.on('error', (error) => this.close(error))
    output.on('drain', () => {
      for (const stream of this.#incoming.values()) stream.grantRoom()
    })
  }

  send(kind: number, call: number, message: unknown): void {
    this.write(kind, 0, call, Buffer.from(JSON.stringify(message)))
  }

  incoming(call: number, stream: number): IncomingStream {
    const made = new IncomingStream((bytes) => {
      // The other end does not read. If it went on sending, the answers would pile up here.
      if (this.#output.writableNeedDrain) return false
      const payload = Buffer.allocUnsafe(4)
      payload.writeUInt32BE(bytes)
      this.write(FrameKind.credit, stream, call, payload)
      return true
    })
    this.#incoming.set(key(call, stream), made)
    return made
  }

  outgoing(call: number, stream: number): OutgoingStream {
    const made = new OutgoingStream({
      data: (payload) => this.write(FrameKind.data, stream, call, payload),
      end: () => {
        this.#outgoing.delete(key(call, stream))
        this.write(FrameKind.end, stream, call, undefined)
      },
    })
    this.#outgoing.set(key(call, stream), made)
    return made
  }

  /** Ignores the frames for this stream that are still under way. */
  forget(call: number, stream: number): void {
    const name = key(call, stream)
    this.#incoming.get(name)?.end()
    this.#outgoing.get(name)?.close()
    this.#incoming.delete(name)
    this.#outgoing.delete(name)
  }

  close(error: Error | undefined): void {
    if (!this.#open) return
    this.#open = false
    for (const stream of this.#outgoing.values()) stream.close()
    this.#handlers.closed(error)
  }

  write(kind: number, stream: number, call: number, payload: Uint8Array | undefined): void {
    if (!this.#open) return
    this.#output.cork()
    this.#output.write(encodeHeader(kind, stream, call, payload?.length ?? 0))
    if (payload !== undefined && payload.length > 0) this.#output.write(payload)
    this.#output.uncork()
  }

  #at<Stream>(streams: ReadonlyMap<string, Stream>, { call, stream }: Frame): Stream | undefined {
    const found = streams.get(key(call, stream))
    if (found === undefined) this.#handlers.strayed?.(call)
    return found
  }

  #receive(frame: Frame): void {
    switch (frame.kind) {
      case FrameKind.data:
        this.#at(this.#incoming, frame)?.push(frame.payload)
        return
      case FrameKind.end:
        this.#at(this.#incoming, frame)?.end()
        this.#handlers.streamEnded?.(frame.call)
        return
      case FrameKind.credit:
        if (frame.payload.length !== 4) throw new ProtocolError('A credit frame must have four bytes.')
        this.#at(this.#outgoing, frame)?.addCredit(frame.payload.readUInt32BE(0))
        return
      default:
        this.#handlers.control(frame)
    }
  }
}

function key(call: number, stream: number): string {
  return `${call}.${stream}`
}

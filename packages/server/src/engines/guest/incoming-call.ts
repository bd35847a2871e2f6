import type { IncomingStream } from './protocol/incoming-stream.js'
import type { OutgoingStream } from './protocol/outgoing-stream.js'

/** One operation that the engine asked for, as its handler sees it. */
export interface IncomingCall {
  readonly input: IncomingStream
  output(stream: number): OutgoingStream
  /** Tells something before the outcome; at most once. */
  reply(message: unknown): void
  readonly cancelled: boolean
  /** Called when the engine wants no more of it, at once when it already said so. */
  onCancel(listener: () => void): void
}

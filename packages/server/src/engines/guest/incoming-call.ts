import type { IncomingStream } from './protocol/incoming-stream.js'
import type { OutgoingStream } from './protocol/outgoing-stream.js'

/** One operation that the engine asked for, as its handler sees it. */
export interface IncomingCall {
  readonly input: IncomingStream
  output(stream: number): OutgoingStream
  /** Sends something before the outcome; at most once. */
  reply(message: unknown): void
  readonly cancelled: boolean
  /** The listener is called when the engine cancels the call, or at once if it already has. */
  onCancel(listener: () => void): void
}

import { SandboxGoneError } from '../contract/errors.js'
import { ProtocolError } from '../guest/protocol/frames.js'
import type { IncomingStream } from '../guest/protocol/incoming-stream.js'
import { countOf } from '../guest/protocol/json.js'
import type { JsonRecord } from '../guest/protocol/json.js'
import type { OutgoingCall } from './outgoing-call.js'
import type { Connection } from './connection.js'

/** The most bytes of one listing, more than an honest page of 1000 paths takes. */
const maxListingBytes = 32 * 1024 * 1024

type Step = IteratorResult<Uint8Array, undefined>

/** Ends the sandbox when an answer makes no sense: then the guest has replaced the supervisor. @throws {SandboxGoneError} */
export async function checked<T>(connection: Connection, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    connection.close('The supervisor broke the protocol.')
    throw new SandboxGoneError('The supervisor broke the protocol.', { cause: error })
  }
}

export function outputOf({ outputs: [output] }: OutgoingCall): IncomingStream {
  if (output === undefined) throw new TypeError('The call has no output stream.')
  return output
}

/** The lines of a listing, without empty ones. @throws {ProtocolError} */
export async function linesOf(stream: AsyncIterable<Uint8Array>): Promise<string[]> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > maxListingBytes) throw new ProtocolError('The listing is too long.')
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  return text.split('\n').filter((line) => line !== '')
}

/**
 * A stream that tells its sender when its reader leaves early.
 *
 * It is not a generator, since a generator that is left before its first step does not run its `finally`.
 */
export function leavable(
  stream: IncomingStream,
  cancel: () => void,
  next: (leave: () => Promise<Step>) => Promise<Step> = () => stream.next(),
): AsyncIterable<Uint8Array> {
  const leave = (): Promise<Step> => {
    if (!stream.ended) cancel()
    return stream.return()
  }
  return { [Symbol.asyncIterator]: () => ({ next: () => next(leave), return: leave }) }
}

/** A number of bytes. @throws {ProtocolError} */
export function sizeOf(record: JsonRecord, key: string): number {
  const size = countOf(record, key)
  if (!Number.isSafeInteger(size)) throw new ProtocolError('A size must be a whole number.')
  return size
}

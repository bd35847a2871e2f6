import { EngineError } from '../contract/errors.js'
import { ProtocolError } from '../guest/protocol/frames.js'
import type { IncomingStream } from '../guest/protocol/incoming-stream.js'
import { parseRecord } from '../guest/protocol/json.js'
import type { JsonRecord } from '../guest/protocol/json.js'
import { asRecord } from '../guest/protocol/json.js'
import type { OutgoingStream } from '../guest/protocol/outgoing-stream.js'
import { failureOf } from './failures.js'

/** One operation that the supervisor carries out, as the engine sees it. */
export class OutgoingCall {
  /** What the supervisor says before the outcome; rejects when the call fails first. */
  readonly reply: Promise<JsonRecord>
  /** The outcome. */
  readonly done: Promise<JsonRecord>
  readonly input: OutgoingStream
  readonly outputs: readonly IncomingStream[]
  readonly cancel: () => void
  #settleReply: Settle
  #settleDone: Settle
  #replied = false
  #over = false

  constructor(input: OutgoingStream, outputs: readonly IncomingStream[], cancel: () => void) {
    this.input = input
    this.outputs = outputs
    this.cancel = cancel
    ;[this.reply, this.#settleReply] = deferred()
    ;[this.done, this.#settleDone] = deferred()
  }

  /** Whether it is over, and nothing more comes on its streams. */
  get complete(): boolean {
    return this.#over && this.outputs.every((output) => output.ended)
  }

  takeReply(payload: Uint8Array): void {
    if (this.#replied || this.#over) throw new ProtocolError('A second reply came.')
    this.#replied = true
    this.#settleReply.resolve(parseRecord(payload))
  }

  takeDone(payload: Uint8Array): void {
    if (this.#over) throw new ProtocolError('A second outcome came.')
    const outcome = parseRecord(payload)
    if ('ok' in outcome) {
      const result = asRecord(outcome['ok'])
      this.#over = true
      this.input.close()
      this.#settleDone.resolve(result)
      this.#settleReply.reject(new EngineError('The call was over before it replied.'))
    } else this.fail(failureOf(outcome['failure']))
  }

  fail(error: Error): void {
    this.#over = true
    this.input.close()
    this.#settleReply.reject(error)
    this.#settleDone.reject(error)
    for (const output of this.outputs) output.fail(error)
  }
}

interface Settle {
  resolve(value: JsonRecord): void
  reject(error: Error): void
}

function deferred(): [Promise<JsonRecord>, Settle] {
  let settle: Settle | undefined
  const promise = new Promise<JsonRecord>((resolve, reject) => (settle = { resolve, reject }))
  // Not every caller waits for both the reply and the outcome.
  promise.catch(() => undefined)
  if (settle === undefined) throw new TypeError('A promise runs its executor at once.')
  return [promise, settle]
}

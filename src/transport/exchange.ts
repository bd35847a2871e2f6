import { SandboxTimeoutError } from '../errors.js'
import { Deadline } from './deadline.js'

/** What one logical call carries through all of its attempts. */
export class Exchange {
  readonly deadline: Deadline
  readonly requestId: string = crypto.randomUUID()
  method: string | undefined
  url: string | undefined
  phase: 'response' | 'body' = 'response'
  readonly #open: Set<Exchange>

  constructor(open: Set<Exchange>, timeoutMs: number, signal: AbortSignal | undefined) {
    this.deadline = new Deadline(timeoutMs, signal, () => {
      const waitedFor = this.phase === 'body' ? 'the rest of the body' : 'a response'
      const what = this.url === undefined ? 'the call' : `${this.method} ${this.url}`
      return new SandboxTimeoutError(
        `Waited ${timeoutMs} ms for ${waitedFor} (${what}); timeoutMs sets the deadline.`,
        {
          ...this.context,
          timeoutMs,
          phase: this.phase,
        },
      )
    })
    this.#open = open
    open.add(this)
  }

  get context(): { method: string | undefined; url: string | undefined; requestId: string } {
    return { method: this.method, url: this.url, requestId: this.requestId }
  }

  /** Lets go of everything that the call held. Calling it again is no error. */
  finish(): void {
    this.deadline.release()
    this.#open.delete(this)
  }
}

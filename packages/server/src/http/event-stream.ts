import type { FastifyReply } from 'fastify'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Limits } from '../support/limits.js'
import type { OutputPiece } from '../service/output.js'
import type { OutputSink } from '../service/output-sink.js'
import { timerMs } from '../support/timers.js'
import { takeOver } from './take-over.js'

/** An answer of server-sent events, each with a JSON object. */
export class EventStream implements OutputSink {
  readonly #response: ServerResponse
  readonly #keepAlive: NodeJS.Timeout

  /** Sends the headers at once. From here on, only this stream may use the reply. */
  constructor(reply: FastifyReply, { keepAliveMs, readerIdleTimeoutMs }: Limits) {
    const headers = {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache',
      // Some proxies buffer an answer unless this header forbids it.
      'X-Accel-Buffering': 'no',
    }
    this.#response = takeOver(reply, 200, headers, readerIdleTimeoutMs)
    this.#response.flushHeaders()
    this.#keepAlive = setTimeout(() => {
      // When the reader takes nothing, it would only add to what waits.
      if (!this.isFull) this.#response.write(': keep-alive\n\n')
      this.#keepAlive.refresh()
    }, timerMs(keepAliveMs)).unref()
    this.#response.once('close', () => clearTimeout(this.#keepAlive))
  }

  get isFull(): boolean {
    return this.#response.writableNeedDrain
  }

  write(event: 'stdout' | 'stderr', piece: OutputPiece): void {
    this.#response.write(encode(event, piece))
    this.#keepAlive.refresh()
  }

  async drained(signal: AbortSignal): Promise<void> {
    await once(this.#response, 'drain', { signal }).catch(() => undefined)
  }

  /** Sends the last event. */
  end(event: 'exit' | 'error', data: object): void {
    clearTimeout(this.#keepAlive)
    this.#response.end(encode(event, data))
  }
}

function encode(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

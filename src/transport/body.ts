import type { Bytes } from '../internal/bytes.js'
import { SandboxAPIError, SandboxConnectionError } from '../errors.js'
import type { Exchange } from './exchange.js'
import { failure } from './failure.js'
import { readerOf } from './response.js'

/**
 * The body with the call's deadline over it. An idle deadline starts anew for each chunk, and runs only while the network is
 * being waited for: a slow reader loses nothing.
 *
 * Whoever leaves it ends the request itself. To cancel the body is not enough: Firefox goes on receiving it, and so may a
 * `fetch` of the caller's own.
 */
export function guardBody(response: Response, exchange: Exchange): ReadableStream<Bytes> | null {
  const { deadline, plan } = exchange
  const idle = plan.body === 'idle'
  const reader = readerOf(response)
  if (reader === undefined) {
    exchange.finish()
    return null
  }
  const promised = promisedLength(response)
  let received = 0
  if (idle) deadline.disarm()
  const leave = (reason: unknown, isOurs: boolean): void => {
    exchange.finish()
    if (isOurs) deadline.end(() => reason)
    else deadline.abort(reason)
    // It fails with the abort where the runtime looks at the signal, and there it is not needed.
    reader.cancel(reason).catch(() => undefined)
  }
  const guarded = new ReadableStream<Bytes>(
    {
      async pull(controller) {
        try {
          if (idle) deadline.arm(plan.idleTimeoutMs)
          const { done, value } = await deadline.wait(reader.read())
          if (idle) deadline.disarm()
          if (!done && value !== undefined) {
            received += value.byteLength
            controller.enqueue(own(value))
            return
          }
          if (promised !== undefined && received < promised) throw shortBody(received, promised)
          exchange.finish()
          controller.close()
        } catch (thrown) {
          const error = failure(thrown, exchange)
          leave(error, true)
          controller.error(error)
        }
      },
      cancel(reason) {
        leave(reason, false)
      },
    },
    { highWaterMark: 0 },
  )
  watchForGarbage(guarded, exchange)
  return guarded
}

/** Nobody can leave a body that is garbage, and its connection would stay until the client is closed. */
function watchForGarbage(body: object, exchange: Exchange): void {
  unread?.register(body, exchange)
}

// Missing in older Workers.
const unread =
  typeof FinalizationRegistry === 'function'
    ? /* @__PURE__ */ new FinalizationRegistry((exchange: Exchange) => {
        exchange.deadline.end(() => new SandboxAPIError('The body was given up without being read.'))
      })
    : undefined

/** fetch gives chunks with a buffer of their own; what a stream of Node gives may be a part of a larger one. */
function own(bytes: Uint8Array): Bytes {
  return isOwn(bytes) ? bytes : new Uint8Array(bytes)
}

function isOwn(bytes: Uint8Array): bytes is Bytes {
  return bytes.buffer instanceof ArrayBuffer && bytes.constructor === Uint8Array
}

function shortBody(received: number, promised: number): SandboxConnectionError {
  return new SandboxConnectionError(`The body ended after ${received} of ${promised} bytes.`)
}

/** Missing when the length is unknown, or counts compressed bytes. */
export function promisedLength(response: Response): number | undefined {
  const length = response.headers.get('content-length')
  if (length === null || response.headers.has('content-encoding') || !/^\d{1,15}$/.test(length)) return undefined
  return Number(length)
}

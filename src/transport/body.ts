import type { Bytes } from '../internal/bytes.js'
import { SandboxAPIError, SandboxConnectionError } from '../errors.js'
import type { Call } from './call.js'
import { failure } from './failure.js'
import { readerOf } from './response.js'

/**
 * The body with the call's deadline over it. An idle deadline starts anew for each chunk, and runs only while the SDK waits for
 * the network: a slow reader loses nothing.
 *
 * Leaving the body aborts the request. Cancelling the body is not enough: Firefox goes on receiving it, and so may a `fetch`
 * of the caller's own.
 */
export function guardBody(response: Response, call: Call): ReadableStream<Bytes> | null {
  const { deadline, plan } = call
  const idle = plan.body === 'idle'
  const reader = readerOf(response)
  if (reader === undefined) {
    call.finish()
    return null
  }
  const promised = promisedLength(response)
  let received = 0
  if (idle) deadline.disarm()
  const leave = (reason: unknown, isOurs: boolean): void => {
    call.finish()
    if (isOurs) deadline.end(() => reason)
    else deadline.abort(reason)
    // Where the runtime heeds the signal, this fails with the abort, and is not needed.
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
          call.finish()
          controller.close()
        } catch (thrown) {
          const error = failure(thrown, call)
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
  watchForGarbage(guarded, call)
  return guarded
}

/** A body that was garbage-collected can't be cancelled any more: its connection would stay until the client is closed. */
function watchForGarbage(body: object, call: Call): void {
  unread?.register(body, call)
}

// Missing in older Workers.
const unread =
  typeof FinalizationRegistry === 'function'
    ? /* @__PURE__ */ new FinalizationRegistry((call: Call) => {
        call.deadline.end(() => new SandboxAPIError('The body was given up without being read.'))
      })
    : undefined

/** A chunk of fetch has a buffer of its own; a chunk of a Node stream may be a part of a larger buffer. */
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

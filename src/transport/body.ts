import type { Bytes } from '../bytes.js'
import { SandboxConnectionError } from '../errors.js'
import type { Exchange } from './exchange.js'

/**
 * The body with the call's deadline over it. An idle deadline starts anew for each chunk, and runs only while the network is
 * being waited for: a slow reader loses nothing. `fail` makes the error that the reader gets.
 */
export function guardBody(
  response: Response,
  exchange: Exchange,
  fail: (error: unknown) => unknown,
): ReadableStream<Bytes> | null {
  const { deadline, plan } = exchange
  const idle = plan.body === 'idle'
  if (response.body === null) {
    exchange.finish()
    return null
  }
  const reader = response.body.getReader()
  const promised = promisedLength(response)
  let received = 0
  if (idle) deadline.disarm()
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        try {
          if (idle) deadline.arm(plan.idleTimeoutMs)
          const { done, value } = await deadline.wait(reader.read())
          if (idle) deadline.disarm()
          if (!done) {
            received += value.byteLength
            controller.enqueue(value)
            return
          }
          if (promised !== undefined && received < promised) throw shortBody(received, promised, exchange)
          exchange.finish()
          controller.close()
        } catch (error) {
          exchange.finish()
          controller.error(fail(error))
        }
      },
      async cancel(reason) {
        exchange.finish()
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

function shortBody(received: number, promised: number, exchange: Exchange): SandboxConnectionError {
  return new SandboxConnectionError(`The body ended after ${received} of ${promised} bytes.`, exchange.context)
}

/** Missing when the length is unknown, or counts compressed bytes. */
export function promisedLength(response: Response): number | undefined {
  const length = response.headers.get('content-length')
  if (length === null || response.headers.has('content-encoding') || !/^\d{1,15}$/.test(length)) return undefined
  return Number(length)
}

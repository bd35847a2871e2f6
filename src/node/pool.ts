import { SandboxValidationError } from '../errors.js'
import { listenTo, stopListeningTo } from '../transport/caller-signal.js'
import { defaultConcurrency } from './transfer-options.js'

/**
 * Does the work for every item, a few at a time. The first failure aborts the rest, and is thrown when everything has ended.
 */
export async function forEachOf<T>(
  items: readonly T[],
  { concurrency = defaultConcurrency, signal }: { concurrency?: number | undefined; signal?: AbortSignal | undefined },
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new SandboxValidationError('concurrency must be an integer of at least 1.', 'concurrency', concurrency)
  }
  const controller = new AbortController()
  const caller = { handleEvent: () => controller.abort(signal?.reason) }
  if (signal?.aborted === true) caller.handleEvent()
  if (signal !== undefined) listenTo(signal, caller)
  const queue = items.values()
  const failures: unknown[] = []
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (controller.signal.aborted) return
      try {
        await work(item, controller.signal)
      } catch (error) {
        failures.push(error)
        controller.abort(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  if (signal !== undefined) stopListeningTo(signal, caller)
  if (failures.length > 0) throw failures[0]
  signal?.throwIfAborted()
}

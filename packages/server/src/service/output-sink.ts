import type { Execution } from '../engines/contract/execution.js'
import { type OutputEncoding, type OutputPiece, outputPieces } from './output.js'

/** Takes what a program writes while it runs. */
export interface OutputSink {
  write(output: 'stdout' | 'stderr', piece: OutputPiece): void
  /** True when it is full for now; {@link OutputSink.drained} tells when there is room again. */
  readonly isFull: boolean
  /** Resolves when there is room, or the signal is aborted. */
  drained(signal: AbortSignal): Promise<void>
}

/**
 * Passes both outputs of a program to a sink until they end, no faster than the sink takes them.
 *
 * When the sandbox is gone, this does not wait for the reader: what is left of the output, at most the engine's window, is written
 * at once.
 *
 * @param signal The caller went away: nothing more is passed on.
 * @throws What the execution's outputs throw, or the signal's reason.
 */
export async function pumpOutput(
  execution: Execution,
  encoding: OutputEncoding,
  sink: OutputSink,
  signal: AbortSignal,
): Promise<void> {
  const hurry = new AbortController()
  const stopWaiting = () => hurry.abort()
  signal.addEventListener('abort', stopWaiting, { once: true })
  execution.exit.catch(stopWaiting)
  const pump = async (output: 'stdout' | 'stderr') => {
    for await (const piece of outputPieces(execution[output], encoding)) {
      signal.throwIfAborted()
      sink.write(output, piece)
      if (sink.isFull) await sink.drained(hurry.signal)
    }
  }
  try {
    // Waits for both, even if one fails, so that nothing is written after this has returned.
    const pumps = await Promise.allSettled([pump('stdout'), pump('stderr')])
    for (const pumped of pumps) if (pumped.status === 'rejected') throw pumped.reason
    signal.throwIfAborted()
  } finally {
    signal.removeEventListener('abort', stopWaiting)
  }
}

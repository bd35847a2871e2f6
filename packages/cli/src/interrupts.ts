import { InterruptedError } from './cli-error.js'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Aborts on the first signal: calls then close their connections, so that the server stops what it runs for them, and half-written
 * files are removed. The second signal ends the process at once.
 */
export function abortOnSignals(controller: AbortController): void {
  for (const signal of signals) {
    process.on(signal, () => {
      const reason = new InterruptedError(signal)
      if (controller.signal.aborted) process.exit(reason.exitCode)
      controller.abort(reason)
    })
  }
}

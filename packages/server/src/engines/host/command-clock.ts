import type { IncomingStream } from '../guest/protocol/incoming-stream.js'
import type { Connection } from './connection.js'

export interface ClockTimes {
  /** How long a supervisor may take longer than a command may, and then to end its outputs while somebody waits, in milliseconds. */
  readonly overrunMs: number
  /** How often the clock is looked at, in milliseconds. */
  readonly stepMs: number
}

const usualTimes: ClockTimes = { overrunMs: 30_000, stepMs: 5000 }

/** The clock of one command. */
export interface CommandClock {
  /** The supervisor says that the command runs. */
  started(outputs: readonly IncomingStream[], exit: Promise<unknown>): void
  stop(): void
}

/**
 * Starts the clock of a command, before the supervisor is asked for it. The supervisor keeps the time itself, but the guest may have
 * replaced it: by one that never answers, that lets a command run for ever, or that never ends its outputs. Then the sandbox ends, since
 * the command would be waited for as long as the session lives.
 *
 * @param longestMs - what the command may take, with its grace.
 * @param isPaused - while it is, no time passes.
 */
export function startClock(
  connection: Connection,
  longestMs: number,
  isPaused: () => boolean,
  { overrunMs, stepMs }: ClockTimes = usualTimes,
): CommandClock {
  let leftMs = longestMs + overrunMs
  let outputs: readonly IncomingStream[] = []
  let isOver = false
  const stop = (): void => clearInterval(timer)
  const timer = setInterval(() => {
    if (isPaused()) return
    if (isOver && outputs.every(({ ended }) => ended)) {
      stop()
      return
    }
    // While nobody reads, the supervisor has no room to send the rest.
    if (!isOver || outputs.some(({ starving }) => starving)) leftMs -= stepMs
    if (leftMs >= 0) return
    connection.close(isOver ? 'The supervisor did not end an output.' : 'The supervisor let a command run too long.')
  }, stepMs).unref()
  void connection.gone.then(stop)
  return {
    stop,
    started: (found, exit) => {
      outputs = found
      exit.then(() => {
        isOver = true
        leftMs = overrunMs
        if (outputs.every(({ ended }) => ended)) stop()
      }, stop)
    },
  }
}

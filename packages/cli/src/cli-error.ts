import { constants } from 'node:os'
import { ExitCode } from './exit-code.js'

/** A failure that the command line itself found, with its exit code. */
export class CliError extends Error {
  override readonly name: string = 'CliError'

  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message)
  }
}

/** A command line that cannot be understood; the message says what to change. */
export class UsageError extends CliError {
  override readonly name = 'UsageError'

  constructor(message: string) {
    super(message, ExitCode.Usage)
  }
}

/** The reader of the output went away, as `head` does when it has enough. So nobody would read a message. */
export class OutputClosedError extends CliError {
  override readonly name = 'OutputClosedError'

  constructor() {
    super('The output was closed.', ExitCode.BrokenPipe)
  }
}

/** A signal asked the process to end. Its sender needs no message. */
export class InterruptedError extends CliError {
  override readonly name = 'InterruptedError'

  constructor(signal: NodeJS.Signals) {
    super(`Interrupted by ${signal}.`, 128 + constants.signals[signal])
  }
}

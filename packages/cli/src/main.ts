#!/usr/bin/env node
import { writeSync } from 'node:fs'
import { CommanderError } from '@commander-js/extra-typings'
import { InterruptedError, OutputClosedError, UsageError } from './cli-error.js'
import { commandName } from './command-name.js'
import { Context } from './context.js'
import { ExitCode } from './exit-code.js'
import { exitCodeOf } from './exit-code-of.js'
import { abortOnSignals } from './interrupts.js'
import { createProgram } from './program.js'
import { report } from './report.js'

async function main(context: Context): Promise<number> {
  try {
    await createProgram(context).parseAsync()
  } catch (error) {
    // After an abort, its reason counts, whatever failed because of it.
    context.signal.throwIfAborted()
    if (error instanceof CommanderError) await afterParser(context, error)
    else await context.fail(error)
  }
  return context.exitCode
}

/** The parser throws an error to end a run, also after it has shown the help. */
async function afterParser(context: Context, error: CommanderError): Promise<void> {
  if (error.exitCode === 0) {
    await context.stdout.write(context.help)
  } else if (error.code === 'commander.help') {
    await context.stderr.write(context.help)
    context.exitCode = ExitCode.Usage
  } else {
    await context.fail(
      new UsageError(`${error.message.replace(/^error: /, '').replace('\n', ' ')} (see ${commandName} --help)`),
    )
  }
}

/** An interrupted run ends silently. A failure to write output is reported, if stderr still works. */
function lastWords(error: unknown): number {
  if (!(error instanceof InterruptedError || error instanceof OutputClosedError)) {
    try {
      writeSync(2, report(error, { json: false, debug: false }))
    } catch {
      // There is nowhere to report it.
    }
  }
  return exitCodeOf(error)
}

const controller = new AbortController()
abortOnSignals(controller)
process.exit(await main(new Context(controller)).catch(lastWords))

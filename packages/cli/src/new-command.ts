import { Command } from '@commander-js/extra-typings'
import type { Context } from './context.js'

/** A command that leaves writing and exiting to the caller. */
export function newCommand(context: Context, name: string): Command {
  return new Command(name)
    .helpOption('-h, --help', 'show help')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => (context.help += text),
      writeErr: (text) => (context.help += text),
      // The caller prints errors, in one line.
      outputError: () => undefined,
    })
    .exitOverride()
}

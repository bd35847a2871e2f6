import { createRequire } from 'node:module'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { completeCommand } from './commands/complete.js'
import { completionCommand } from './commands/completion.js'
import { conformanceCommand } from './commands/conformance.js'
import { createCommand } from './commands/create.js'
import { execCommand } from './commands/exec.js'
import { extendCommand } from './commands/extend.js'
import { filesCommand } from './commands/files.js'
import { getCommand } from './commands/get.js'
import { healthCommand } from './commands/health.js'
import { lsCommand } from './commands/ls.js'
import { pauseCommand } from './commands/pause.js'
import { putCommand } from './commands/put.js'
import { resumeCommand } from './commands/resume.js'
import { rmCommand } from './commands/rm.js'
import { runCommand } from './commands/run.js'
import { commandName } from './command-name.js'
import type { Context } from './context.js'
import { exitCodeHelp } from './exit-code.js'
import { newCommand } from './new-command.js'
import { shareOptions } from './share-options.js'

const environmentHelp = `Environment:
  SANDBOX_API_URL    address of the API, for example http://localhost:8080/v1
  SANDBOX_API_TOKEN  the token. Prefer it to --token, which other users of the machine can see in the list of processes
  SANDBOX_DEBUG      when set, errors come with a stack trace`

/** The tree of commands. */
export function createProgram(context: Context): CommandUnknownOpts {
  const program = newCommand(context, commandName)
    // With this, exec passes options on to the command that it runs.
    .enablePositionalOptions()
    .description('Isolated, short-lived sandbox sessions: run commands and code, move files, clean up.')
    .version(packageVersion(), '-V, --version', 'show the version')
    .option('--url <url>', 'address of the API (default: SANDBOX_API_URL)')
    .option('--token <token>', 'other users of this machine can see it: prefer SANDBOX_API_TOKEN')
    .option('--json', 'print JSON: one value, or one line for each event of exec and run; errors too')
    .option('-q, --quiet', 'print no remarks and no progress')
    .addHelpText('after', `\n${environmentHelp}\n\n${exitCodeHelp}`)
    .addCommand(createCommand(context))
    .addCommand(lsCommand(context))
    .addCommand(execCommand(context))
    .addCommand(runCommand(context))
    .addCommand(putCommand(context))
    .addCommand(getCommand(context))
    .addCommand(filesCommand(context))
    .addCommand(pauseCommand(context))
    .addCommand(resumeCommand(context))
    .addCommand(extendCommand(context))
    .addCommand(rmCommand(context))
    .addCommand(healthCommand(context))
    .addCommand(conformanceCommand(context))
    .addCommand(completionCommand(context))
    .addCommand(
      completeCommand(context, () => program),
      { hidden: true },
    )
  shareOptions(program)
  // Read first, so that they apply even when the rest of the command line is wrong.
  context.globals = () => program.opts()
  return program
}

function packageVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('../package.json')
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : ''
}

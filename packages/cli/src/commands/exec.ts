import { newCommand } from '../new-command.js'
import { UsageError } from '../cli-error.js'
import type { Context } from '../context.js'
import { cwdOption, envOption, stdinOption, timeoutOption } from '../options.js'
import { Relay } from '../relay.js'
import { findSession, sessionHelp } from '../session-reference.js'
import { shellLine } from '../shell-line.js'
import { readStdin } from '../stdin.js'

export const execCommand = (context: Context) =>
  newCommand(context, 'exec')
    .description('run a command in a session and print its output as it comes')
    .usage('[options] <session> <command...>')
    // Everything after the session belongs to the remote command, including options.
    .passThroughOptions()
    .argument('<session>', sessionHelp)
    .argument('<command...>', 'one word: a shell command; several: a program and its arguments, passed on as they are')
    .addOption(timeoutOption())
    .addOption(envOption())
    .addOption(cwdOption())
    .addOption(stdinOption())
    .action(async (reference, words, { stdin: sendsStdin, ...options }) => {
      const { signal } = context
      const line = shellLine(commandWords(words))
      const session = await findSession(context, reference)
      const stdin = sendsStdin ? await readStdin(signal) : undefined
      const relay = new Relay(context)
      await using stream = session.stream(line, { ...options, ...relay.options, stdin, signal })
      await relay.run(stream, options.timeout)
    })

/** Removes a `--` before the command. An option of ours in this place would be taken for the command. */
function commandWords([first = '', ...others]: readonly string[]): readonly string[] {
  if (first === '--') {
    if (others.length === 0) throw new UsageError("missing required argument 'command'")
    return others
  }
  if (first.startsWith('-')) {
    throw new UsageError(`${first} stands where the command begins. Put options before the session.`)
  }
  return [first, ...others]
}

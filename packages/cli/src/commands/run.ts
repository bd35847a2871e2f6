import { isUtf8 } from 'node:buffer'
import path from 'node:path'
import { Option } from '@commander-js/extra-typings'
import { newCommand } from '../new-command.js'
import { CodeLanguage } from 'sandbox-sessions-sdk'
import { UsageError } from '../cli-error.js'
import type { Context } from '../context.js'
import { cwdOption, envOption, stdinOption, timeoutOption } from '../options.js'
import { Relay } from '../relay.js'
import { findSession, sessionHelp } from '../session-reference.js'
import { readLocalFile, readStdin } from '../stdin.js'

const extensions: Readonly<Record<string, CodeLanguage>> = {
  '.py': CodeLanguage.Python,
  '.js': CodeLanguage.Javascript,
  '.mjs': CodeLanguage.Javascript,
  '.cjs': CodeLanguage.Javascript,
  '.sh': CodeLanguage.Bash,
  '.bash': CodeLanguage.Bash,
}

const languageOption = () =>
  new Option('-l, --language <name>', 'language of the code (default: from the file name, otherwise python)').choices(
    Object.values(CodeLanguage),
  )

export const runCommand = (context: Context) =>
  newCommand(context, 'run')
    .description('run code in a session and print its output as it comes')
    .usage('[options] <session> (<file> | - | -c <code>)')
    .argument('<session>', sessionHelp)
    .argument('[file]', 'a file of this machine; - for standard input')
    .option('-c, --code <code>', 'the code itself')
    .addOption(languageOption())
    .addOption(timeoutOption())
    .addOption(envOption())
    .addOption(cwdOption())
    .addOption(stdinOption())
    .action(async (reference, file, { code, stdin: sendsStdin, language, ...options }) => {
      const { signal } = context
      if (sendsStdin && file === '-')
        throw new UsageError('Standard input can be the code or what the code reads, not both.')
      const text = await readCode(file, code, signal)
      const session = await findSession(context, reference)
      const stdin = sendsStdin ? await readStdin(signal) : undefined
      const relay = new Relay(context)
      const request = { ...options, language: language ?? extensions[path.extname(file ?? '')], stdin, signal }
      await using stream = session.streamCode(text, { ...request, ...relay.options })
      await relay.run(stream, options.timeout)
    })

async function readCode(file: string | undefined, code: string | undefined, signal: AbortSignal): Promise<string> {
  if ((file === undefined) === (code === undefined)) throw new UsageError('Give either a file (or -) or --code.')
  if (code !== undefined) return code
  const bytes = file === undefined || file === '-' ? await readStdin(signal) : await readLocalFile(file, signal)
  // With U+FFFD in place of broken bytes, other code would run than was given.
  if (!isUtf8(bytes)) throw new UsageError('The code must be UTF-8. Convert it first, with iconv for example.')
  return bytes.toString()
}

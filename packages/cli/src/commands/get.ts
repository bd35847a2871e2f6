import { stat } from 'node:fs/promises'
import path from 'node:path'
import { newCommand } from '../new-command.js'
import type { Session } from 'sandbox-sessions-sdk'
import { downloadToPath } from 'sandbox-sessions-sdk/node'
import { CliError } from '../cli-error.js'
import type { Context } from '../context.js'
import { ExitCode } from '../exit-code.js'
import { overwriteOption } from '../options.js'
import { parseRemoteFile } from '../remote-path.js'
import { findSession } from '../session-reference.js'
import { tellSkipped } from '../skipped.js'
import { TransferProgress } from '../transfer-progress.js'

export const getCommand = (context: Context) =>
  newCommand(context, 'get')
    .description('copy a file or a whole directory out of a session')
    .argument('<remote>', '<session>:<path>')
    .argument(
      '[local]',
      'the target; a directory that exists is copied into; - for standard output (default: the same name here)',
    )
    .addOption(overwriteOption())
    .action(async (remote, local = '.', { overwrite }) => {
      const { signal } = context
      const { session: reference, path: source } = parseRemoteFile(remote)
      const session = await findSession(context, reference)
      if (local === '-') return await writeOut(context, session, source)
      const target = await localTarget(local, source)
      if (!overwrite) await checkFree(target)
      using progress = new TransferProgress(context, source)
      const options = { overwrite, signal, onProgress: progress.onProgress }
      const { skipped } = await downloadToPath(session, source, target, options)
      progress.stop()
      await tellSkipped(context, skipped)
      if (context.json) await context.print({ path: source, local: path.resolve(target), size: progress.loaded }, '')
      await context.note(`${target}: ${progress.summary}`)
    })

async function localTarget(local: string, source: string): Promise<string> {
  const isInto = local.endsWith('/') || (await isDirectory(local)) === true
  return isInto ? path.join(local, path.posix.basename(source)) : local
}

/** Checked first, since the SDK would find out only after the transfer. An existing directory is filled. */
async function checkFree(target: string): Promise<void> {
  if ((await isDirectory(target)) === false) {
    throw new CliError(`${target} exists. Use --overwrite to replace it.`, ExitCode.Conflict)
  }
}

/** Undefined when nothing is there. */
async function isDirectory(local: string): Promise<boolean | undefined> {
  return await stat(local).then(
    (found) => found.isDirectory(),
    () => undefined,
  )
}

/** No progress bar and no remark here, since the bytes may go to the same terminal. */
async function writeOut({ signal, stdout }: Context, session: Session, source: string): Promise<void> {
  await using file = await session.files.download(source, { signal })
  for await (const chunk of file.stream()) await stdout.write(chunk)
}

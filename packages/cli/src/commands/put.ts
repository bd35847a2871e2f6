import path from 'node:path'
import { newCommand } from '../new-command.js'
import { uploadFromPath } from 'sandbox-sessions-sdk/node'
import { UsageError } from '../cli-error.js'
import type { Context } from '../context.js'
import { overwriteOption } from '../options.js'
import { parseRemotePath } from '../remote-path.js'
import { findSession } from '../session-reference.js'
import { tellSkipped } from '../skipped.js'
import { TransferProgress } from '../transfer-progress.js'

export const putCommand = (context: Context) =>
  newCommand(context, 'put')
    .description('copy a file or a whole directory into a session')
    .argument('<local>', 'a file, directory or pipe; - for standard input')
    .argument('<remote>', '<session>:<path>; a path that is empty or ends with / is a directory to copy into')
    .addOption(overwriteOption())
    .action(async (local, remote, { overwrite }) => {
      const { signal } = context
      const { session: reference, path: asked } = parseRemotePath(remote)
      const target = remoteTarget(local, asked)
      const session = await findSession(context, reference)
      using progress = new TransferProgress(context, target)
      const options = { overwrite, signal, onProgress: progress.onProgress }
      if (local === '-') {
        const uploaded = await session.files.upload(target, process.stdin, options)
        progress.stop()
        if (context.json) await context.print(uploaded, '')
      } else {
        const uploaded = await uploadFromPath(session, local, target, options)
        progress.stop()
        await tellSkipped(context, uploaded.skipped)
        if (context.json) await context.print(uploaded, '')
      }
      await context.note(`${target}: ${progress.summary}`)
    })

function remoteTarget(local: string, asked: string): string {
  const directory = asked === '.' ? '' : asked
  if (directory !== '' && !directory.endsWith('/')) return directory
  if (local === '-') throw new UsageError('Standard input has no name: give the whole path, <session>:<path>.')
  return directory + path.basename(path.resolve(local))
}

import { newCommand } from '../new-command.js'
import { operations } from 'sandbox-sessions-sdk/constraints'
import type { Context } from '../context.js'
import { fileTable } from '../describe.js'
import { recursiveOption } from '../options.js'
import { parseRemoteDirectory } from '../remote-path.js'
import { findSession } from '../session-reference.js'

export const filesLsCommand = (context: Context) =>
  newCommand(context, 'ls')
    .description('list files of a session')
    .argument('<remote>', '<session>, or <session>:<path> of a directory')
    .addOption(recursiveOption('list what is in directories too'))
    .action(async (remote, { recursive }) => {
      const { session: reference, path } = parseRemoteDirectory(remote)
      const session = await findSession(context, reference)
      const limit = operations.listFiles.parameters.limit.maximum
      const listing = session.files.list(path === '' ? undefined : path, { recursive, limit, signal: context.signal })
      const files = await listing.toArray()
      if (!context.json && files.length === 0) await context.note('no files')
      else if (context.json || !context.quiet) await context.print(files, fileTable(files, context.stdout.columns))
      else await context.stdout.write(files.map((file) => `${file.path}\n`).join(''))
    })

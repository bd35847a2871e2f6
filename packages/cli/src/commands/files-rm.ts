import { newCommand } from '../new-command.js'
import type { Context } from '../context.js'
import { each } from '../each.js'
import { visible } from '../format.js'
import { recursiveOption } from '../options.js'
import { parseRemoteFile } from '../remote-path.js'
import { findSession } from '../session-reference.js'

export const filesRmCommand = (context: Context) =>
  newCommand(context, 'rm')
    .description('delete files of a session')
    .argument('<remote...>', '<session>:<path>')
    .addOption(recursiveOption('delete directories too, with everything in them'))
    .action(async (remotes, { recursive }) => {
      await each(context, remotes.map(parseRemoteFile), async ({ session: reference, path }) => {
        const session = await findSession(context, reference)
        await session.files.delete(path, { recursive, signal: context.signal })
        await context.note(`deleted ${visible(path)}`)
        return { sessionId: session.sessionId, path, deleted: true }
      })
    })

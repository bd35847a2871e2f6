import { newCommand } from '../new-command.js'
import type { Context } from '../context.js'
import { each } from '../each.js'
import { checkWholeId } from '../session-reference.js'

export const rmCommand = (context: Context) =>
  newCommand(context, 'rm')
    .description('delete sessions, with every process and file in them')
    .argument('<session...>', 'whole session ids')
    .action(async (references) => {
      await each(context, references.map(checkWholeId), async (sessionId) => {
        await context.client.deleteSession(sessionId, { signal: context.signal })
        await context.note(`deleted ${sessionId}`)
        return { sessionId, deleted: true }
      })
    })

import { newCommand } from '../new-command.js'
import type { Context } from '../context.js'
import { each } from '../each.js'
import { findSession, sessionHelp } from '../session-reference.js'

export const pauseCommand = (context: Context) =>
  newCommand(context, 'pause')
    .description('pause every process of a session')
    .argument('<session...>', sessionHelp)
    .action(async (references) => {
      await each(context, references, async (reference) => {
        const session = await findSession(context, reference)
        await session.pause({ signal: context.signal })
        await context.note(`paused ${session.sessionId}`)
        return session
      })
    })

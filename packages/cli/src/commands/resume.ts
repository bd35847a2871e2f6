import { newCommand } from '../new-command.js'
import type { Context } from '../context.js'
import { each } from '../each.js'
import { findSession, sessionHelp } from '../session-reference.js'

export const resumeCommand = (context: Context) =>
  newCommand(context, 'resume')
    .description('resume every process of a paused session')
    .argument('<session...>', sessionHelp)
    .action(async (references) => {
      await each(context, references, async (reference) => {
        const session = await findSession(context, reference)
        await session.resume({ signal: context.signal })
        await context.note(`resumed ${session.sessionId}`)
        return session
      })
    })

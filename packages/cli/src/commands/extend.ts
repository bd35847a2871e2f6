import { newCommand } from '../new-command.js'
import type { Context } from '../context.js'
import { expiry } from '../describe.js'
import { each } from '../each.js'
import { ttlOption } from '../options.js'
import { findSession, sessionHelp } from '../session-reference.js'

export const extendCommand = (context: Context) =>
  newCommand(context, 'extend')
    .description('set how long a session lives from now on')
    .argument('<session...>', sessionHelp)
    .addOption(ttlOption().makeOptionMandatory())
    .action(async (references, { ttl }) => {
      await each(context, references, async (reference) => {
        const session = await findSession(context, reference)
        await session.extend(ttl, { signal: context.signal })
        await context.note(`${session.sessionId} expires ${expiry(session)}`)
        return session
      })
    })

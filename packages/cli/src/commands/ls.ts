import { newCommand } from '../new-command.js'
import type { Session } from 'sandbox-sessions-sdk'
import type { Context } from '../context.js'
import { sessionTable } from '../describe.js'
import { listSessions } from '../session-reference.js'

export const lsCommand = (context: Context) =>
  newCommand(context, 'ls')
    .description('list your sessions; with --quiet, only their ids')
    .action(async () => {
      const sessions: Session[] = []
      for await (const session of listSessions(context)) sessions.push(session)
      if (!context.json && sessions.length === 0) await context.note('no sessions')
      else if (context.json || !context.quiet)
        await context.print(sessions, sessionTable(sessions, context.stdout.columns))
      else await context.stdout.write(sessions.map(({ sessionId }) => `${sessionId}\n`).join(''))
    })

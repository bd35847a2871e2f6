import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { newCommand } from '../new-command.js'
import { candidates } from '../completion/candidates.js'
import type { Context } from '../context.js'

/** Answers the completion scripts: a line for each candidate, with a description after a tab. */
export const completeCommand = (context: Context, program: () => CommandUnknownOpts) =>
  newCommand(context, '__complete')
    .argument('[words...]')
    .action(async (words) => {
      const found = await candidates(program(), words, () => sessionIds(context))
      await context.stdout.write(found.map(({ value, description }) => `${value}\t${description}\n`).join(''))
    })

/** Empty when they can't be had at once: who presses a key does not want to wait, or to read errors. */
async function sessionIds({ client, signal }: Context): Promise<{ value: string; description: string }[]> {
  const page = await client.listSessions({}, { signal, timeoutMs: 2_000, maxRetries: 0 })
  return page.sessions.map(({ sessionId, status, image }) => ({
    value: sessionId,
    description: image === undefined ? status : `${status} ${image}`,
  }))
}

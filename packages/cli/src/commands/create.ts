import { newCommand } from '../new-command.js'
import type { Context } from '../context.js'
import { expiry } from '../describe.js'
import { metadataOption, ttlOption } from '../options.js'

export const createCommand = (context: Context) =>
  newCommand(context, 'create')
    .description('start a session and print its id')
    .addOption(ttlOption())
    .option('--image <name>', 'the image to start from, for example python:3.11')
    .addOption(metadataOption())
    .action(async ({ ttl, image, metadata }) => {
      const session = await context.client.createSession({ ttl, image, metadata }, { signal: context.signal })
      await context.print(session, session.sessionId)
      await context.note(`expires ${expiry(session)}`)
    })

import { newCommand } from '../new-command.js'
import type { Context } from '../context.js'

export const healthCommand = (context: Context) =>
  newCommand(context, 'health')
    .description('check whether the service works; needs no token')
    .action(async () => {
      const health = await context.client.health({ signal: context.signal })
      await context.print(health, health.status)
    })

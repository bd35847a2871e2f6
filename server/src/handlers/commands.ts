import type { Handlers } from '../http/call.js'
import { invalidParameter } from '../http/api-error.js'
import type { SessionCommands } from '../sessions/commands.js'
import { commandPrograms } from '../sessions/programs/shell.js'
import { processSettings } from './process-settings.js'

export function commandHandlers(commands: SessionCommands): Pick<Handlers, 'executeCommand'> {
  return {
    executeCommand: async ({ user, path, body, signal }) => {
      if (body.command.includes('\0')) {
        throw invalidParameter('command must not contain a NUL.', { parameter: 'command' })
      }
      const command = { programs: commandPrograms(body.command), ...processSettings(body) }
      return await commands.run(user, path.sessionId, command, signal)
    },
  }
}

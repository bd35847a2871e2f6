import type { Handlers } from '../http/call.js'
import type { SessionCommands } from '../sessions/commands.js'
import { codePrograms } from '../sessions/programs/index.js'
import { processSettings } from './process-settings.js'

export function codeHandlers(commands: SessionCommands): Pick<Handlers, 'executeCode'> {
  return {
    executeCode: async ({ user, path, body, signal }) => {
      const command = { programs: codePrograms[body.language](body.code), ...processSettings(body) }
      return await commands.run(user, path.sessionId, command, signal)
    },
  }
}

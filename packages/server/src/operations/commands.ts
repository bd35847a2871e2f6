import type { Handlers } from '../http/operation-call.js'
import type { CommandAnswers } from '../http/command-answer.js'
import { invalidParameter } from '../http/api-error.js'
import { commandPrograms } from '../service/programs/shell.js'
import { processSettings } from './process-settings.js'
import { assertText } from './text.js'

export function commandHandlers(answers: CommandAnswers): Pick<Handlers, 'executeCommand'> {
  return {
    executeCommand: async (call) => {
      const { body } = call
      assertText('command', body.command)
      if (body.command.includes('\0')) {
        throw invalidParameter('command must not contain a NUL.', { parameter: 'command' })
      }
      return await answers.answer(call, { programs: commandPrograms(body.command), ...processSettings(body) })
    },
  }
}

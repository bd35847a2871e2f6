import type { Handlers } from '../http/operation-call.js'
import type { CommandAnswers } from '../http/command-answer.js'
import { codePrograms } from '../service/programs/index.js'
import { processSettings } from './process-settings.js'
import { assertText } from './text.js'

export function codeHandlers(answers: CommandAnswers): Pick<Handlers, 'executeCode'> {
  return {
    executeCode: async (call) => {
      const { body } = call
      assertText('code', body.code)
      const programs = codePrograms(body.language, body.code)
      return await answers.answer(call, { programs, ...processSettings(body) })
    },
  }
}

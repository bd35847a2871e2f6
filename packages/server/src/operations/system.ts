import type { Handlers } from '../http/operation-call.js'
import type { Sessions } from '../service/sessions.js'

export function systemHandlers(sessions: Sessions): Pick<Handlers, 'healthCheck'> {
  return {
    healthCheck: async () => {
      // Whoever spreads requests over several servers has to send them elsewhere now.
      sessions.assertOpen()
      return { status: 'healthy' }
    },
  }
}

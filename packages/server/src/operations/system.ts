import type { Handlers } from '../http/operation-call.js'
import type { Sessions } from '../service/sessions.js'

export function systemHandlers(sessions: Sessions): Pick<Handlers, 'healthCheck'> {
  return {
    healthCheck: async () => {
      // A load balancer has to send requests to other servers now.
      sessions.assertOpen()
      return { status: 'healthy' }
    },
  }
}

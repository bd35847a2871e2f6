import type { Handlers } from '../http/call.js'

export function systemHandlers(): Pick<Handlers, 'healthCheck'> {
  return {
    healthCheck: async () => ({ status: 'healthy' }),
  }
}

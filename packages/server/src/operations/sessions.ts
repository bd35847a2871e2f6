import type { components } from 'sandbox-sessions-sdk/sandbox-api'
import type { Handlers } from '../http/operation-call.js'
import type { Sessions, SessionView } from '../service/sessions.js'

type SessionOperation =
  'createSession' | 'listSessions' | 'getSession' | 'updateSession' | 'deleteSession' | 'pauseSession' | 'resumeSession'

export function sessionHandlers(sessions: Sessions): Pick<Handlers, SessionOperation> {
  return {
    createSession: async ({ user, body, header }) =>
      toSession(await sessions.create(user, body, header['Idempotency-Key'])),
    listSessions: async ({ user, query }) => {
      const { sessions: page, total } = sessions.list(user, query)
      return { sessions: page.map(toSession), total, limit: query.limit, offset: query.offset }
    },
    getSession: async ({ user, path }) => toSession(sessions.get(user, path.sessionId)),
    updateSession: async ({ user, path, body }) => toSession(await sessions.extend(user, path.sessionId, body.ttl)),
    deleteSession: async ({ user, path }) => {
      await sessions.delete(user, path.sessionId)
      return undefined
    },
    pauseSession: async ({ user, path }) => toSession(await sessions.changeStatus(user, path.sessionId, 'paused')),
    resumeSession: async ({ user, path }) => toSession(await sessions.changeStatus(user, path.sessionId, 'running')),
  }
}

function toSession(view: SessionView): components['schemas']['Session'] {
  return {
    sessionId: view.id,
    status: view.status,
    createdAt: toDateTime(view.createdAt),
    expiresAt: toDateTime(view.expiresAt),
    lastActivityAt: toDateTime(view.lastActivityAt),
    metadata: { ...view.metadata },
    image: view.image,
    engine: view.engine,
  }
}

function toDateTime(time: number): string {
  return new Date(time).toISOString()
}

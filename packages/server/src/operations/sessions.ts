import type { components } from 'sandbox-sessions-sdk/sandbox-api'
import type { Handlers } from '../http/operation-call.js'
import type { FileService } from '../service/files.js'
import type { Sessions, SessionView } from '../service/sessions.js'
import { readBounds, toNetwork, toResources } from './bounds.js'

type SessionOperation =
  | 'createSession'
  | 'listSessions'
  | 'getSession'
  | 'getSessionMetrics'
  | 'updateSession'
  | 'deleteSession'
  | 'pauseSession'
  | 'resumeSession'

export function sessionHandlers(sessions: Sessions, files: FileService): Pick<Handlers, SessionOperation> {
  return {
    createSession: async ({ user, body, header }) => {
      const { ttl, image, metadata } = body
      const asked = { ttl, image, metadata, ...readBounds(body) }
      return toSession(await sessions.create(user, asked, header['Idempotency-Key']))
    },
    listSessions: async ({ user, query }) => {
      const { sessions: page, total } = sessions.list(user, query)
      return { sessions: page.map(toSession), total, limit: query.limit, offset: query.offset }
    },
    getSession: async ({ user, path }) => toSession(sessions.get(user, path.sessionId)),
    getSessionMetrics: async ({ user, path }) => {
      const { memoryLimitBytes, ...metrics } = await files.metrics(user, path.sessionId)
      return { ...metrics, ...(memoryLimitBytes !== undefined && { memoryLimitBytes }), at: new Date().toISOString() }
    },
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
    ...(view.limits && { resources: toResources(view.limits) }),
    ...(view.network !== undefined && { network: toNetwork(view.network) }),
  }
}

function toDateTime(time: number): string {
  return new Date(time).toISOString()
}

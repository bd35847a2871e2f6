import { inject } from 'vitest'
import { type RequestOptions, type Session, SessionsClient, type SessionsClientOptions } from '../../src/index.js'

/** A client of the server that the integration tests share. */
export function connect(options: SessionsClientOptions = {}): SessionsClient {
  return new SessionsClient({ apiUrl: inject('apiUrl'), bearerToken: inject('bearerToken'), ...options })
}

/** What a call throws; a call that does not is an error of its own. */
export async function thrownBy(call: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error('Nothing was thrown')
}

/** Every session whose id is among the given ones, from all pages. */
export async function listed(
  client: SessionsClient,
  ids: readonly string[],
  options?: RequestOptions,
): Promise<Session[]> {
  const sessions = await client.listSessions({ limit: 100 }, options).toArray()
  return sessions.filter((session) => ids.includes(session.sessionId))
}

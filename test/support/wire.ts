import type { components } from '../../src/index.js'

/** A session as a server may send it. */
export function wireSession(changes: Partial<components['schemas']['Session']> = {}): components['schemas']['Session'] {
  return {
    sessionId: '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f',
    status: 'running',
    createdAt: '2026-11-22T10:00:00.000Z',
    expiresAt: '2026-11-22T11:00:00.000Z',
    ...changes,
  }
}

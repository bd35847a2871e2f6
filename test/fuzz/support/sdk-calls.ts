import type { SessionsClient } from '../../../src/index.js'

const sessionId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'

/** What the upload sends. */
export const uploadedContent = 'content'

/** The calls whose output comes as bytes. */
export const byteCalls: Readonly<Record<string, (client: SessionsClient) => PromiseLike<unknown>>> = {
  executeCommand: (client) => client.executeCommand(sessionId, { command: 'true', encoding: 'bytes' }),
  executeCode: (client) => client.executeCode(sessionId, { code: '1', encoding: 'bytes' }),
}

/** One call of each operation. */
export const sdkCalls: Readonly<Record<string, (client: SessionsClient) => PromiseLike<unknown>>> = {
  createSession: (client) => client.createSession(),
  listSessions: (client) => client.listSessions(),
  getSession: (client) => client.getSession(sessionId),
  getSessionMetrics: (client) => client.getSessionMetrics(sessionId),
  updateSession: (client) => client.updateSession(sessionId, { ttl: 60 }),
  deleteSession: (client) => client.deleteSession(sessionId),
  pauseSession: (client) => client.pauseSession(sessionId),
  resumeSession: (client) => client.resumeSession(sessionId),
  executeCommand: (client) => client.executeCommand(sessionId, { command: 'true' }),
  executeCode: (client) => client.executeCode(sessionId, { code: '1' }),
  uploadFile: (client) =>
    client.uploadFile(sessionId, { path: 'a.txt', mode: 0o640 }, uploadedContent, { verify: false }),
  downloadFile: async (client) => (await client.downloadFile(sessionId, 'a.txt')).bytes(),
  deleteFile: (client) => client.deleteFile(sessionId, { filePath: 'a.txt' }),
  listFiles: (client) => client.listFiles(sessionId),
  statFile: (client) => client.statFile(sessionId, { filePath: 'a.txt' }),
  healthCheck: (client) => client.health(),
}

import {
  type CommandEvent,
  type CommandStream,
  type FileDownload,
  type FileInfo,
  type Output,
  type PageInfo,
  type RequestOptions,
  type Session,
  type SessionsClient,
  CodeLanguage,
} from 'sandbox-sessions-sdk'
import type { OperationId, OutputOperationId, StreamOperationId } from '../operations.js'

/** A call through the SDK. It returns the wire form that corresponds to the SDK's domain object. */
export type SdkCall = (client: SessionsClient, options: RequestOptions) => Promise<unknown>

/** The arguments of every call, and what the mock answers with. */
const sessionId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'
const filePath = 'data/input.csv'
const execution = { timeout: 120, env: { CI: '1' }, cwd: 'app', stdin: 'line\n' }
const command = { command: 'npm test', ...execution }
const code = { code: 'console.log(6 * 7)', language: CodeLanguage.Javascript, ...execution }
/** Input that text can't express. Before the SDK sends it, another command finds out whether the server takes it. */
const bytes = { stdin: new Uint8Array([0x1f, 0x8b, 0x08, 0x00]), encoding: 'bytes' } as const

/**
 * One call for each operation, with every argument that it has. A success with another media type than `application/json` has
 * its own call.
 */
export const calls: Readonly<Record<OperationId, SdkCall>> = {
  createSession: async (client, options) => {
    const metadata = { user: 'alice', purpose: 'data-analysis' }
    const resources = { cpu: 0.5, memoryMb: 512, diskMb: 1024, processes: 128 }
    const network = { allow: ['registry.example.com'] }
    const request = { ttl: 7200, image: 'python:3.11', metadata, resources, network }
    return wireSession(await client.createSession(request, options))
  },
  listSessions: async (client, options) => {
    const { sessions, ...page } = await client.listSessions({ limit: 50, offset: 0 }, options)
    return { sessions: sessions.map(wireSession), ...pageInfo(page) }
  },
  getSession: async (client, options) => wireSession(await client.getSession(sessionId, options)),
  getSessionMetrics: async (client, options) => ({ ...(await client.getSessionMetrics(sessionId, options)) }),
  updateSession: async (client, options) => wireSession(await client.updateSession(sessionId, { ttl: 3600 }, options)),
  deleteSession: async (client, options) => client.deleteSession(sessionId, options),
  pauseSession: async (client, options) => wireSession(await client.pauseSession(sessionId, options)),
  resumeSession: async (client, options) => wireSession(await client.resumeSession(sessionId, options)),
  executeCommand: async (client, options) => client.executeCommand(sessionId, command, options),
  executeCode: async (client, options) => client.executeCode(sessionId, code, options),
  uploadFile: async (client, options) => {
    const request = { path: filePath, overwrite: true, mode: 0o644 }
    return wireFile(await client.uploadFile(sessionId, request, 'name,age\nalice,30\n', options))
  },
  downloadFile: async (client, options) => text(await client.downloadFile(sessionId, filePath, options)),
  deleteFile: async (client, options) => client.deleteFile(sessionId, { filePath, recursive: true }, options),
  listFiles: async (client, options) => {
    const request = { path: 'data', recursive: true, limit: 200, offset: 0 }
    const { files, ...page } = await client.listFiles(sessionId, request, options)
    return { files: files.map(wireFile), ...pageInfo(page) }
  },
  statFile: async (client, options) =>
    wireFile(await client.statFile(sessionId, { filePath, checksum: true }, options)),
  healthCheck: async (client, options) => client.health(options),
}

/** The calls whose answer is an event stream. */
export const streamCalls: Readonly<Record<StreamOperationId, SdkCall>> = {
  executeCommand: async (client, options) => events(client.streamCommand(sessionId, command, options)),
  executeCode: async (client, options) => events(client.streamCode(sessionId, code, options)),
}

/** The calls whose output is in base64. */
export const byteCalls: Readonly<Record<OutputOperationId, SdkCall>> = {
  executeCommand: async (client, options) => client.executeCommand(sessionId, { ...command, ...bytes }, options),
  executeCode: async (client, options) => client.executeCode(sessionId, { ...code, ...bytes }, options),
}

/** The calls whose answer is an event stream with output in base64. */
export const byteStreamCalls: Readonly<Record<StreamOperationId, SdkCall>> = {
  executeCommand: async (client, options) => events(client.streamCommand(sessionId, { ...command, ...bytes }, options)),
  executeCode: async (client, options) => events(client.streamCode(sessionId, { ...code, ...bytes }, options)),
}

/** Made from the fields that users see, so that each of them is checked. */
function wireSession(session: Session): Record<string, unknown> {
  const { sessionId: id, status, createdAt, expiresAt, lastActivityAt, metadata, image, engine } = session
  const { resources, network } = session
  return { sessionId: id, status, createdAt, expiresAt, lastActivityAt, metadata, image, engine, resources, network }
}

function wireFile({ name, path, type, size, permissions, createdAt, modifiedAt, checksum }: FileInfo): unknown {
  return { name, path, type, size, permissions, createdAt, modifiedAt, checksum }
}

function pageInfo({ total, limit, offset }: PageInfo): PageInfo {
  return { total, limit, offset }
}

async function text(download: FileDownload): Promise<unknown> {
  const { name, size } = download
  return { name, size, text: await download.text() }
}

async function events<Form extends Output>(stream: CommandStream<Form>): Promise<readonly CommandEvent<Form>[]> {
  const found: CommandEvent<Form>[] = []
  for await (const event of stream) found.push(event)
  return found
}

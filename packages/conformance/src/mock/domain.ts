/** What the SDK must make of the examples of the spec, in the shapes that calls.ts answers. */
import { createParser } from 'eventsource-parser'
import { isObject } from 'sandbox-sessions-openapi'
import { Mismatch } from '../expect.js'
import { entryOf, type JsonOperationId } from '../operations.js'

type Read = (example: unknown) => unknown

const readers: Readonly<Record<JsonOperationId, Read>> = {
  createSession: session,
  listSessions: (example) => page(example, 'sessions', session),
  getSession: session,
  getSessionMetrics: metrics,
  updateSession: session,
  pauseSession: session,
  resumeSession: session,
  executeCommand: commandResult,
  executeCode: commandResult,
  uploadFile: file,
  statFile: file,
  listFiles: (example) => page(example, 'files', file),
  healthCheck: (example) => example,
}

/** The domain object for an example of a JSON body. */
export function domainOf(operation: string, example: unknown): unknown {
  const read = entryOf(readers, operation)
  if (read === undefined) throw new Mismatch(`the suite does not state what the JSON of ${operation} becomes`)
  return read(example)
}

/** The events for an example of an event stream. */
export function eventsOf(example: unknown): unknown {
  const found: unknown[] = []
  createParser({
    onEvent: ({ event, data }) => {
      const value: unknown = JSON.parse(data)
      if (event === 'exit') found.push({ type: event, result: commandResult(value) })
      else found.push({ type: event, data: output(fields(value), 'data') })
    },
  }).feed(String(example))
  return found
}

function session(example: unknown): unknown {
  const { sessionId, status, createdAt, expiresAt, lastActivityAt, ...rest } = fields(example)
  const { metadata = {}, image, engine, resources, network } = rest
  const dates = { createdAt: date(createdAt), expiresAt: date(expiresAt), lastActivityAt: date(lastActivityAt) }
  return { sessionId, status, ...dates, metadata, image, engine, resources, network }
}

function metrics(example: unknown): unknown {
  const { cpuSeconds, memoryBytes, memoryLimitBytes, diskBytes, diskLimitBytes, processes, at } = fields(example)
  return { cpuSeconds, memoryBytes, memoryLimitBytes, diskBytes, diskLimitBytes, processes, at: date(at) }
}

function file(example: unknown): unknown {
  const { name, path, type, size, permissions, createdAt, modifiedAt, checksum } = fields(example)
  return { name, path, type, size, permissions, createdAt: date(createdAt), modifiedAt: date(modifiedAt), checksum }
}

function commandResult(example: unknown): unknown {
  const result = fields(example)
  const { status, exitCode, truncated = false, durationMs } = result
  const [stdout, stderr] = [output(result, 'stdout'), output(result, 'stderr')]
  return { status, exitCode, stdout, stderr, truncated, durationMs, ok: exitCode === 0 }
}

/** The content of a property that holds output, decoded by the encoding beside it. */
function output(holder: Readonly<Record<string, unknown>>, name: string): unknown {
  const { [name]: data = '', encoding } = holder
  return encoding === 'base64' ? new Uint8Array(Buffer.from(String(data), 'base64')) : data
}

/** Whether an example, of whatever media type, has output in base64. */
export function isInBase64(example: unknown): boolean {
  return typeof example === 'string'
    ? example.includes('"encoding":"base64"')
    : fields(example)['encoding'] === 'base64'
}

function page(example: unknown, items: string, read: Read): unknown {
  const { [items]: found, total, limit, offset } = fields(example)
  return { [items]: Array.isArray(found) ? found.map(read) : found, total, limit, offset }
}

function date(value: unknown): Date | undefined {
  return typeof value === 'string' ? new Date(value) : undefined
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {}
}

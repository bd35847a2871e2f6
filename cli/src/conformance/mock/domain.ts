/** What the SDK must make of the examples of the spec, in the shapes that calls.ts answers. */
import { createParser } from 'eventsource-parser'
import { isObject } from '../../contract/json.js'

type Read = (example: unknown) => unknown

const readers: Readonly<Partial<Record<string, Read>>> = {
  listSessions: (example) => page(example, 'sessions', session),
  executeCommand: commandResult,
  executeCode: commandResult,
  uploadFile: file,
  statFile: file,
  listFiles: (example) => page(example, 'files', file),
  healthCheck: (example) => example,
}

/** The domain object for an example of a JSON body. */
export function domainOf(operation: string, example: unknown): unknown {
  return (readers[operation] ?? session)(example)
}

/** The events for an example of an event stream. */
export function eventsOf(example: unknown): unknown {
  const found: unknown[] = []
  createParser({
    onEvent: ({ event, data }) => {
      const value: unknown = JSON.parse(data)
      found.push(event === 'exit' ? { type: event, result: commandResult(value) } : { type: event, ...fields(value) })
    },
  }).feed(String(example))
  return found
}

function session(example: unknown): unknown {
  const { sessionId, status, createdAt, expiresAt, lastActivityAt, metadata = {}, image, engine } = fields(example)
  const dates = { createdAt: date(createdAt), expiresAt: date(expiresAt), lastActivityAt: date(lastActivityAt) }
  return { sessionId, status, ...dates, metadata, image, engine }
}

function file(example: unknown): unknown {
  const { name, path, type, size, permissions, createdAt, modifiedAt, checksum } = fields(example)
  return { name, path, type, size, permissions, createdAt: date(createdAt), modifiedAt: date(modifiedAt), checksum }
}

function commandResult(example: unknown): unknown {
  const { status, exitCode, stdout = '', stderr = '', truncated = false, durationMs } = fields(example)
  return { status, exitCode, stdout, stderr, truncated, durationMs, ok: exitCode === 0 }
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

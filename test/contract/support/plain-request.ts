import { randomUUID } from 'node:crypto'
import type { Operation } from 'sandbox-sessions-openapi'

/** A request of that operation that is in order, for a session that need not be there: `GET /sessions`, and how it is sent. */
export function plainRequest(operation: Operation, sessionId: string): [line: string, init: PlainInit] {
  const { id, method, path, parameters, requestBody } = operation
  const query = parameters.some(({ name }) => name === 'filePath') ? '?filePath=nothing' : ''
  const line = `${method} ${path.replace('{sessionId}', sessionId)}`
  if (id === 'uploadFile') {
    return [`${line}?path=${randomUUID()}`, { headers: { 'content-type': 'application/octet-stream' }, body: 'x' }]
  }
  const [example] = requestBody?.content.get('application/json')?.examples.values() ?? []
  if (example === undefined) return [line + query, {}]
  return [line + query, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(example) }]
}

export interface PlainInit {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

import { expect } from 'vitest'
import { loadSpec, sandboxChecker } from 'sandbox-sessions-conformance'
import type { RecordedRequest, RecordedResponse } from 'sandbox-sessions-openapi'

export const checker = sandboxChecker(await loadSpec())

export const id = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'
export const at = `/sessions/${id}`
export const files = `${at}/files?filePath=a`
export const json = 'application/json'
export const bytes = 'application/octet-stream'
export const stream = 'text/event-stream'
export const session = {
  sessionId: id,
  status: 'running',
  createdAt: '2026-11-22T10:00:00.000Z',
  expiresAt: '2026-11-22T11:00:00.000Z',
}
export const page = { sessions: [session], total: 1, limit: 50, offset: 0 }
export const result = { status: 'completed', exitCode: 0 }
export const error = { error: 'NOT_FOUND', message: 'Nothing.' }

export interface Parts {
  readonly type?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

function encode(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body
  return Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body))
}

export function requestOf(line: string, { type, body, headers = {} }: Parts = {}): RecordedRequest {
  const [method = '', target = ''] = line.split(' ')
  const all = { authorization: 'Bearer token', ...(type !== undefined && { 'content-type': type }), ...headers }
  return { method, target, headers: new Headers(all), body: encode(body) }
}

export function responseOf(status: number, { type, body, headers = {} }: Parts = {}): RecordedResponse {
  const all = { ...(type !== undefined && { 'content-type': type }), ...headers }
  return { status, headers: new Headers(all), body: encode(body) }
}

/** As they stand in an event stream. */
export function events(...list: readonly (readonly [name: string, data: unknown])[]): string {
  return list.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('')
}

export function form(disposition: string): Parts {
  const body = `--x\r\nContent-Disposition: form-data; ${disposition}\r\n\r\ncontent\r\n--x--\r\n`
  return { type: 'multipart/form-data; boundary=x', body }
}

/** What is expected to be found; nothing, when the row is a good one. */
export type Found = readonly string[]

/** What was found begins as it should, one by one. */
export function expectFound(problems: readonly { readonly message: string }[], expected: Found): void {
  expect(problems.map(({ message }, index) => message.slice(0, expected[index]?.length))).toEqual(expected)
}

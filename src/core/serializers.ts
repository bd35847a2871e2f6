import { SandboxValidationError } from '../errors.js'
import { checkPathValue, checkSessionId } from '../internal/checks.js'
import { type Body, BodySource } from '../transport/request.js'

/** openapi-fetch would let '' and '..' change the address. This avoids a RegExp, which would cost a hundredth of a call's time. */
export function serializePath(pathname: string, parameters: Readonly<Record<string, unknown>>): string {
  const start = pathname.indexOf('{')
  const end = pathname.indexOf('}', start)
  if (start === -1 || end === -1) return pathname
  const name = pathname.slice(start + 1, end)
  const filled = serializePathValue(name, parameters[name])
  return pathname.slice(0, start) + filled + serializePath(pathname.slice(end + 1), parameters)
}

/** @throws {SandboxValidationError} */
function serializePathValue(name: string, value: unknown): string {
  return name === 'sessionId' ? checkSessionId(value) : checkPathValue(name, value)
}

/** openapi-fetch would not encode the names. */
export function serializeQuery(query: Readonly<Record<string, unknown>>): string {
  return Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&')
}

/** Objects become JSON; bodies that carry bytes stay as they are. */
export function serializeBody(body: unknown): Body | BodySource {
  if (isBinary(body)) return body
  if (body instanceof FormData || body instanceof ReadableStream || body instanceof BodySource) return body
  try {
    return JSON.stringify(body)
  } catch {
    throw new SandboxValidationError('The request holds a value that JSON cannot carry.', 'body')
  }
}

function isBinary(body: unknown): body is Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body)
}

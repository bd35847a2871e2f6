import createClient, { type Client } from 'openapi-fetch'
import type { paths } from '../../generated/sandbox-api.js'
import { checkPathValue, checkSessionId } from '../internal/checks.js'
import { SandboxValidationError } from '../errors.js'
import type { Settings } from '../options.js'
import { LeanRequest, ReplayableRequest } from '../transport/request.js'
import type { Transport } from '../transport/transport.js'

/** The raw typed client: any path of the spec, or of your own one, with the raw `Response`. */
export type SandboxApi<Paths extends object = paths> = Client<Paths>

/** The same API twice. */
export interface Apis {
  /** What users get: with real Requests, and with middleware. */
  readonly api: SandboxApi
  /** What the SDK's own methods go through, as long as there is no middleware that wants to see a Request. */
  readonly lean: SandboxApi
  readonly isLean: () => boolean
}

export function createApis(settings: Settings, transport: Transport): Apis {
  const { timeoutMs, maxRetries } = settings
  const shared = {
    baseUrl: settings.apiUrl,
    pathSerializer: serializePath,
    querySerializer: serializeQuery,
    bodySerializer: serializeBody,
  }
  const api = createClient<paths>({
    ...shared,
    headers: settings.headers,
    Request: FilledRequest,
    fetch: (request) => {
      const signal = request instanceof ReplayableRequest ? request.callerSignal : request.signal
      const body = 'total'
      const repeatable = undefined
      const idleTimeoutMs = timeoutMs
      const plan = {
        operation: undefined,
        timeoutMs,
        idleTimeoutMs,
        signal,
        maxRetries,
        headers: {},
        repeatable,
        body,
      } as const
      return transport.send(request, transport.begin(plan))
    },
  })
  const use = api.use.bind(api)
  let lean = true
  api.use = (...middleware) => {
    lean = false
    use(...middleware)
  }
  if (settings.middleware.length > 0) api.use(...settings.middleware)
  return { api, lean: createClient<paths>({ ...shared, Request: LeanRequest }), isLean: () => lean }
}

/** openapi-fetch would let '' and '..' change the address. Without a RegExp, which would cost a hundredth of a call's time. */
function serializePath(pathname: string, parameters: Readonly<Record<string, unknown>>): string {
  const start = pathname.indexOf('{')
  const end = pathname.indexOf('}', start)
  if (start === -1 || end === -1) return pathname
  const name = pathname.slice(start + 1, end)
  const value = parameters[name]
  const filled = name === 'sessionId' ? checkSessionId(value) : checkPathValue(name, value)
  return pathname.slice(0, start) + filled + serializePath(pathname.slice(end + 1), parameters)
}

/** openapi-fetch asks for no serialized path when a call has no `params.path`. */
class FilledRequest extends ReplayableRequest {
  /** openapi-fetch holds what middleware answers against this class: any Request will do. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Request
  }

  constructor(input: string | URL | Request, init?: RequestInit) {
    if (typeof input === 'string') serializePath(input.replace(/[?#].*/s, ''), {})
    super(input, init)
  }
}

/** openapi-fetch would leave the names as they are. */
function serializeQuery(query: Readonly<Record<string, unknown>>): string {
  return Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&')
}

/** JSON for JSON; what carries bytes goes as it is. */
function serializeBody(body: unknown): BodyInit {
  if (isBinary(body)) return body
  if (body instanceof FormData || body instanceof ReadableStream) return body
  try {
    return JSON.stringify(body)
  } catch {
    throw new SandboxValidationError('The request holds a value that JSON cannot carry.', 'body')
  }
}

function isBinary(body: unknown): body is Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body)
}

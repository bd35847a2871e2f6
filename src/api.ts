import createClient, { type Client } from 'openapi-fetch'
import type { paths } from '../generated/sandbox-api.js'
import { checkSessionId } from './checks.js'
import { SandboxValidationError } from './errors.js'
import type { Settings } from './options.js'
import { ReplayableRequest } from './transport/request.js'
import type { Transport } from './transport/transport.js'

/** The raw typed client: any path of the spec, with the raw `Response`. */
export type SandboxApi = Client<paths>

export function createApi(settings: Settings, transport: Transport): SandboxApi {
  const api = createClient<paths>({
    baseUrl: settings.apiUrl,
    headers: settings.headers,
    Request: ReplayableRequest,
    fetch: (request) => {
      const signal = request instanceof ReplayableRequest ? request.callerSignal : request.signal
      const exchange = transport.begin(settings.timeoutMs, signal)
      return transport.send(request, exchange, 'total')
    },
    pathSerializer: serializePath,
    querySerializer: serializeQuery,
    bodySerializer: serializeBody,
  })
  api.use(...settings.middleware)
  return api
}

/** openapi-fetch would let '' and '..' change the address. Every path parameter of the spec is a session's id. */
function serializePath(pathname: string, parameters: Readonly<Record<string, unknown>>): string {
  return pathname.replace(/\{([^{}]+)\}/g, (_, name: string) => encodeURIComponent(checkSessionId(parameters[name])))
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

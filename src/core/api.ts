import createClient, { type Client } from 'openapi-fetch'
import type { paths } from '../../generated/sandbox-api.js'
import type { Settings } from '../options.js'
import { type LeanRequest, callerSignalOf, replayableRequest } from '../transport/request.js'
import type { Transport } from '../transport/transport.js'
import { serializeBody, serializePath, serializeQuery } from './serializers.js'

/** The raw typed client: any path of the spec, or of your own one, with the raw `Response`. */
export type SandboxApi<Paths extends object = paths> = Client<Paths>

/** What openapi-fetch is given for a call of one of the SDK's own methods. */
interface CallInit {
  readonly method: string
  readonly params: object
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
  readonly parseAs: 'stream'
  /** Default: a real Request, that of the raw client. */
  readonly Request: typeof LeanRequest | undefined
  readonly fetch: (request: Request) => Promise<Response>
}

/** How the SDK's own methods use the raw client: `Given` holds their parts together, for any operation. */
type CallAny = (
  method: string,
  path: string,
  init: CallInit,
) => Promise<{ readonly response: Response; readonly error?: unknown }>

/** The one openapi-fetch client, under the SDK's own methods and the raw client. */
export function createApi(settings: Settings, transport: Transport): SandboxApi {
  const { timeoutMs, maxRetries } = settings
  const api = createClient<paths>({
    baseUrl: settings.apiUrl,
    headers: settings.headers,
    pathSerializer: serializePath,
    querySerializer: serializeQuery,
    bodySerializer: serializeBody,
    Request: requestClass(),
    // Of the raw client: a call of the SDK's own methods has one of its own.
    fetch: (request) => {
      const exchange = transport.begin({
        operation: undefined,
        timeoutMs,
        idleTimeoutMs: timeoutMs,
        signal: callerSignalOf(request),
        maxRetries,
        headers: {},
        repeatable: undefined,
        body: 'total',
      })
      return transport.send(request, exchange)
    },
  })
  api.use(...settings.middleware)
  return api
}

export function callAny(api: SandboxApi): CallAny {
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- openapi-fetch infers the types of one literal path at a time
  return api.request as CallAny
}

/** What openapi-fetch makes a Request with, and holds against it what middleware answers: any Request will do. */
function requestClass(): typeof Request {
  function FilledRequest(url: string, init: RequestInit): Request {
    // openapi-fetch asks for no serialized path when a call has no `params.path`.
    serializePath(url.replace(/[?#].*/s, ''), {})
    return replayableRequest(url, init)
  }
  FilledRequest.prototype = Request.prototype
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- `new` gives what a function answers, and that is a Request
  return FilledRequest as unknown as typeof Request
}

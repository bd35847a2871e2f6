import createClient, { type Client } from 'openapi-fetch'
import type { paths } from '../../generated/sandbox-api.js'
import type { Settings } from '../options.js'
import { type LeanRequest, callerSignalOf, replayableRequest } from '../transport/request.js'
import type { Transport } from '../transport/transport.js'
import { serializeBody, serializePath, serializeQuery } from './serializers.js'

/** The raw typed client: any path of the spec, or of a spec of your own, with the raw `Response`. */
export type SandboxApi<Paths extends object = paths> = Client<Paths>

/** What openapi-fetch is given for a call of one of the SDK's own methods. */
interface CallInit {
  readonly method: string
  readonly params: object
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
  readonly parseAs: 'stream'
  /** Default: a real Request, as the raw client uses it. */
  readonly Request: typeof LeanRequest | undefined
  readonly fetch: (request: Request) => Promise<Response>
}

/** How the SDK's own methods use the raw client. `Given` makes sure that the parts of a call belong to one operation. */
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
    // Only the raw client uses this: each call of the SDK's own methods brings its own `fetch`.
    fetch: (request) => {
      const call = transport.begin({
        operation: undefined,
        timeoutMs,
        idleTimeoutMs: timeoutMs,
        signal: callerSignalOf(request),
        maxRetries,
        headers: {},
        repeatable: undefined,
        body: 'total',
      })
      return transport.send(request, call)
    },
  })
  api.use(...settings.middleware)
  return api
}

export function callAny(api: SandboxApi): CallAny {
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- openapi-fetch infers the types of one literal path at a time
  return api.request as CallAny
}

/** The class that openapi-fetch makes a Request with. It also compares what middleware returns with it: any Request passes. */
function requestClass(): typeof Request {
  function FilledRequest(url: string, init: RequestInit): Request {
    // openapi-fetch does not serialize the path when a call has no `params.path`.
    serializePath(url.replace(/[?#].*/s, ''), {})
    return replayableRequest(url, init)
  }
  FilledRequest.prototype = Request.prototype
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- `new` gives what a function answers, and that is a Request
  return FilledRequest as unknown as typeof Request
}

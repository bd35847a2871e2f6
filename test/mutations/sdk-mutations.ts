import { type Fetch, SandboxOperationError, SessionNotFoundError, SessionsClient } from 'sandbox-sessions-sdk'
import type { MakeClient } from 'sandbox-sessions-conformance/mock'
import { isObject } from 'sandbox-sessions-openapi'
import type { SdkCheck } from './checks.js'

/** A careless change of the SDK, made in the client that the tests work with. */
export interface SdkMutation {
  readonly makeClient: MakeClient
  readonly check: SdkCheck
  /** What the check has to say of it. */
  readonly says: RegExp
}

export const sdkMutations: Readonly<Record<string, SdkMutation>> = {
  'the SDK sends ttl as a string': {
    makeClient: (options) => new SessionsClient({ ...options, fetch: withTextTtl(options.fetch) }),
    check: 'the SDK against the mock: createSession',
    says: /request\.ttl must be integer/,
  },
  'the SDK maps 404 to the wrong class': {
    makeClient: (options) => new WrongClassClient(options),
    check: 'the SDK against the mock: getSession',
    says: /the class of the error is SandboxOperationError, not SessionNotFoundError/,
  },
}

/** Not as middleware: the body of a request that middleware makes is a stream, which the tests do not look into. */
function withTextTtl(send: Fetch = fetch): Fetch {
  return (input, init) => {
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
    if (!isObject(body) || !('ttl' in body)) return send(input, init)
    return send(input, { ...init, body: JSON.stringify({ ...body, ttl: String(body['ttl']) }) })
  }
}

class WrongClassClient extends SessionsClient {
  override async getSession(
    ...args: Parameters<SessionsClient['getSession']>
  ): ReturnType<SessionsClient['getSession']> {
    try {
      return await super.getSession(...args)
    } catch (error) {
      throw error instanceof SessionNotFoundError ? new SandboxOperationError(error.message, error) : error
    }
  }
}

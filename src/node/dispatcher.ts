import type { Dispatcher } from 'undici'
import { checkBoolean, checkOptionalInteger, checkTimeoutMs } from '../checks.js'
import type { NodeFetchOptions } from './options.js'
import { resolveProxies } from './proxy.js'
import { createTlsContexts } from './tls-context.js'
import type { Undici } from './undici.js'

/** What makes and keeps the connections. @throws {SandboxValidationError} */
export function createDispatcher(undici: Undici, options: NodeFetchOptions): Dispatcher {
  const { rejectUnauthorized, connections, keepAliveMs } = options
  checkBoolean('rejectUnauthorized', rejectUnauthorized)
  checkOptionalInteger('connections', connections, { minimum: 1 })
  const contexts = createTlsContexts(options)
  const proxies = resolveProxies(options.proxy)
  const server = { secureContext: contexts.server, ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }) }
  const limits = {
    ...(connections === undefined ? {} : { connections }),
    ...(keepAliveMs === undefined ? {} : { keepAliveTimeout: checkTimeoutMs(keepAliveMs, 'keepAliveMs') }),
    // The deadlines are the call's. undici's own, of 300 seconds, ends a command of the longest timeout before its result.
    headersTimeout: 0,
    bodyTimeout: 0,
  }
  if (proxies === undefined) return new undici.Agent({ ...limits, connect: server })
  return new undici.EnvHttpProxyAgent({
    ...limits,
    ...proxies,
    // For the hosts in NO_PROXY.
    connect: server,
    requestTls: server,
    proxyTls: { secureContext: contexts.proxy },
    proxyTunnel: true,
  })
}

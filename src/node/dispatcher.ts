import type { Dispatcher } from 'undici'
import { checkBoolean, checkOptionalInteger, checkTimeoutMs } from '../internal/checks.js'
import type { NodeFetchOptions } from './options.js'
import { exemptAddresses } from './no-proxy.js'
import { noProxyOf, resolveProxies } from './proxy.js'
import { createTlsContexts } from './tls-context.js'
import type { Undici } from './undici.js'

/** Makes and keeps the connections. */
export interface Connections {
  readonly dispatcher: Dispatcher
  /** Ends all of them, and the requests on them. */
  readonly destroy: () => Promise<void>
}

/** @throws {SandboxValidationError} */
export function createConnections(undici: Undici, options: NodeFetchOptions): Connections {
  const { rejectUnauthorized, connections, keepAliveMs } = options
  checkBoolean('rejectUnauthorized', rejectUnauthorized)
  checkOptionalInteger('connections', connections, { minimum: 1 })
  const contexts = createTlsContexts(options)
  const proxies = resolveProxies(options.proxy)
  const server = { secureContext: contexts.server, ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }) }
  const limits = {
    ...(connections === undefined ? {} : { connections }),
    ...(keepAliveMs === undefined ? {} : { keepAliveTimeout: checkTimeoutMs(keepAliveMs, 'keepAliveMs') }),
    // The SDK sets the deadlines. undici's own, of 300 seconds, would end a command of the longest timeout before its result.
    headersTimeout: 0,
    bodyTimeout: 0,
  }
  const direct = new undici.Agent({ ...limits, connect: server })
  if (proxies === undefined) return { dispatcher: direct, destroy: () => direct.destroy() }
  const proxied = new undici.EnvHttpProxyAgent({
    ...limits,
    ...proxies,
    // For the hosts in NO_PROXY.
    connect: server,
    requestTls: server,
    proxyTls: { secureContext: contexts.proxy },
    proxyTunnel: true,
  })
  // Read at each request, as undici does: a redirect leads to another host, and the environment may change.
  let known = { noProxy: '', isExempt: exemptAddresses('') }
  const dispatcher = proxied.compose((dispatch) => (request, handler) => {
    const noProxy = noProxyOf(proxies)
    if (noProxy !== known.noProxy) known = { noProxy, isExempt: exemptAddresses(noProxy) }
    const { hostname } = new URL(request.origin ?? '')
    return known.isExempt(hostname) ? direct.dispatch(request, handler) : dispatch(request, handler)
  })
  return {
    dispatcher,
    destroy: async () => {
      await Promise.all([direct.destroy(), proxied.destroy()])
    },
  }
}

import { SandboxValidationError } from '../errors.js'
import type { NodeFetchOptions } from './options.js'

/** The proxy for each kind of address; '' for none. */
export interface Proxies {
  readonly httpProxy: string
  readonly httpsProxy: string
  /** Hosts that are reached without one. Missing where `NO_PROXY` decides. */
  readonly noProxy?: string
}

/** Undefined when there is no proxy at all. */
export function resolveProxies(proxy: NodeFetchOptions['proxy']): Proxies | undefined {
  if (proxy === false) return undefined
  if (proxy !== undefined) {
    const address = checkProxy('proxy', proxy)
    return { httpProxy: address, httpsProxy: address, noProxy: '' }
  }
  const httpProxy = fromEnvironment('http_proxy', 'HTTP_PROXY')
  const httpsProxy = fromEnvironment('https_proxy', 'HTTPS_PROXY')
  return httpProxy === '' && httpsProxy === '' ? undefined : { httpProxy, httpsProxy }
}

/** The hosts that are reached without a proxy, as the environment lists them now. */
export function noProxyOf({ noProxy }: Proxies): string {
  return noProxy ?? process.env['no_proxy'] ?? process.env['NO_PROXY'] ?? ''
}

function fromEnvironment(...names: readonly string[]): string {
  const name = names.find((each) => process.env[each] !== undefined)
  const value = name === undefined ? undefined : process.env[name]
  // An empty variable turns the proxy off for one program.
  return name === undefined || value === undefined || value === '' ? '' : checkProxy(name, value)
}

/** Checked here without showing the address: undici's own errors contain all of it, including the password. */
function checkProxy(parameter: string, proxy: unknown): string {
  const text = proxy instanceof URL ? proxy.href : proxy
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const form = 'an absolute http or https address, for example http://proxy.example:3128'
    throw new SandboxValidationError(`${parameter} must be ${form}.`, parameter)
  }
  // undici sends credentials only when both parts are there, and otherwise silently sends none.
  if ((url.username === '') !== (url.password === '') || !isDecodable(url.username) || !isDecodable(url.password)) {
    throw new SandboxValidationError(
      `The credentials in ${parameter} must be a user and a password, both percent-encoded.`,
      parameter,
    )
  }
  return url.href
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

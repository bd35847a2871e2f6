import { Network, Resources } from '../../generated/schemas.js'
import { type Input, defined } from '../core/input.js'
import type { Wire } from '../core/wire.js'
import { checkInteger, checkNumber, checkObject, checkText, refused } from '../internal/checks.js'

/**
 * What all processes and files of a session may use together. What is left out is the server's choice; what it can't bound is
 * refused with `RESOURCE_NOT_AVAILABLE`.
 */
export type SessionResources = Input<Wire['Resources']>

/** What the processes of a session may reach. */
export interface SessionNetwork {
  /**
   * Host names, `*.example.com` for every name below a domain, `*` for every host, each also with a port (`example.com:8443`;
   * without one, 80 and 443). At most 256. They are reached through the proxy that `HTTP_PROXY` and its kin name in the session.
   */
  readonly allow: readonly string[]
}

export function resourcesBody(value: SessionResources | undefined): Wire['Resources'] | undefined {
  if (value === undefined) return undefined
  checkObject('resources', value)
  const { properties } = Resources
  for (const [name, amount] of Object.entries(value)) {
    if (amount === undefined) continue
    const parameter = `resources.${name}`
    // Whoever misspells a limit would run without it.
    if (!isIn(properties, name)) throw refused('resources', `made of ${Object.keys(properties).join(', ')}`, name)
    const limits = properties[name]
    if (limits.type === 'integer') checkInteger(parameter, amount, limits)
    else checkNumber(parameter, amount, limits)
  }
  return defined(value)
}

export function networkBody(value: SessionNetwork | undefined): Wire['Network'] | undefined {
  if (value === undefined) return undefined
  checkObject('network', value)
  const { allow } = value
  const { items, maxItems } = Network.properties.allow
  if (!Array.isArray(allow) || allow.length > maxItems) {
    throw refused('network.allow', `an array of at most ${maxItems} hosts`, allow)
  }
  return {
    allow: allow.map((host: unknown) => {
      const text = checkText('network.allow', host)
      if (text.length <= items.maxLength) return text
      throw refused('network.allow', `made of hosts of at most ${items.maxLength} characters`, text)
    }),
  }
}

function isIn<T extends object>(object: T, name: PropertyKey): name is keyof T {
  return Object.hasOwn(object, name)
}

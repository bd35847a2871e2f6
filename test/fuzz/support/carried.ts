import { isDeepStrictEqual } from 'node:util'
import { isObject } from 'sandbox-sessions-openapi'

/** Which values of a body are not the ones that the domain object has; by the way to them. */
export function lostValues(wire: unknown, domain: unknown, at = 'body'): string[] {
  if (Array.isArray(wire) && Array.isArray(domain)) {
    if (wire.length !== domain.length) return [`${at} has ${domain.length} entries, not ${wire.length}`]
    return wire.flatMap((each, index) => lostValues(each, domain[index], `${at}[${index}]`))
  }
  if (domain instanceof Date)
    return domain.getTime() === instantOf(wire) ? [] : [`${at} is ${String(domain.getTime())}`]
  if (isDeepStrictEqual(wire, domain)) return []
  if (!isObject(wire) || typeof domain !== 'object' || domain === null) return [`${at} is ${JSON.stringify(domain)}`]
  return Object.entries(wire).flatMap(([name, value]) => {
    const own: unknown = Reflect.get(domain, name)
    return lostValues(value, own, `${at}.${name}`)
  })
}

/** A leap second is where the next minute begins. */
function instantOf(wire: unknown): number {
  const text = String(wire)
  const before = text.replace(/:60(\.\d+)?/, ':59')
  return before === text ? Date.parse(text) : Date.parse(before) + 1_000
}

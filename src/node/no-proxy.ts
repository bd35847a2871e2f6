import { BlockList, isIP } from 'node:net'

/**
 * The addresses and ranges of addresses (CIDR) in the value of `NO_PROXY`, like `127.0.0.0/8,fd00::/8,::1`. undici, which knows
 * hosts, domains and ports there, takes a range for the name of a host.
 *
 * @returns whether a host, as it stands in a URL, is in one of them. A name never is, since it is not looked up.
 */
export function exemptAddresses(noProxy: string): (host: string) => boolean {
  const ranges = new BlockList()
  for (const entry of noProxy.split(/[,\s]+/)) addRange(ranges, entry)
  return (host) => {
    const address = unbracketed(host)
    const family = familyOf(address)
    return family !== undefined && ranges.check(address, family)
  }
}

/** Entries that are no addresses are left to undici. */
function addRange(ranges: BlockList, entry: string): void {
  const [, base = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
  const address = unbracketed(base)
  const family = familyOf(address)
  if (family === undefined) return
  const longest = family === 'ipv4' ? 32 : 128
  const prefix = bits === undefined ? longest : Number(bits)
  if (prefix <= longest) ranges.addSubnet(address, prefix, family)
}

function unbracketed(host: string): string {
  return /^\[(.*)\]$/.exec(host)?.[1] ?? host
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  if (version === 0) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}

/** The network of an address: the address itself, or the /64 of an IPv6 address, since one subscriber gets that many. */
export function networkOf(address: string): string {
  const [bare = ''] = address.split('%')
  // Also an IPv4 address that is written as an IPv6 one.
  if (bare.includes('.') || !bare.includes(':')) return bare.slice(bare.lastIndexOf(':') + 1)
  const [head = [], tail = []] = bare.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0')
  return [...head, ...zeros, ...tail].slice(0, 4).join(':')
}

import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { exemptAddresses } from '../../src/node/no-proxy.js'

test.each([
  ['127.0.0.0/8', '127.0.0.1', true],
  ['127.0.0.0/8', '127.255.255.255', true],
  ['127.0.0.0/8', '128.0.0.0', false],
  ['127.0.0.0/8', 'localhost', false],
  ['10.1.2.3/8', '10.200.0.1', true],
  ['10.1.2.3/32', '10.1.2.3', true],
  ['10.1.2.3/32', '10.1.2.4', false],
  ['0.0.0.0/0', '8.8.8.8', true],
  ['0.0.0.0/0', '[2001:db8::1]', false],
  ['172.16.0.0/12', '172.31.255.255', true],
  ['172.16.0.0/12', '172.32.0.0', false],
  ['example.org, 10.0.0.0/8\t192.168.0.0/16', '192.168.7.7', true],
  ['fd00::/8', '[fd12:3456::1]', true],
  ['fd00::/8', '[fe80::1]', false],
  ['[fd00::]/8', '[fdff::1]', true],
  ['::1', '[::1]', true],
  ['[::1]', '[::1]', true],
  ['::1/128', '[::2]', false],
  ['::/0', '[2001:db8::1]', true],
  ['127.0.0.0/8', '[::ffff:7f00:1]', true],
  ['10.0.0.1', '10.0.0.1', true],
  // None of these is a range: they are names, or nothing.
  ['', '127.0.0.1', false],
  [',, ,', '127.0.0.1', false],
  ['*', '127.0.0.1', false],
  ['127.0.0.0/33', '127.0.0.1', false],
  ['fd00::/129', '[fd00::1]', false],
  ['127.0.0.0/', '127.0.0.1', false],
  ['127.0.0.0/-1', '127.0.0.1', false],
  ['127.0.0.0/8/8', '127.0.0.1', false],
  ['127.0.0/8', '127.0.0.1', false],
  ['127.0.0.1:8080', '127.0.0.1', false],
  ['example.org/8', 'example.org', false],
])('[C2] NO_PROXY=%s for %s: %s', (noProxy, host, exempt) => {
  expect(exemptAddresses(noProxy)(host)).toBe(exempt)
})

const family = fc.constantFrom({ bits: 32, write: asIpv4 }, { bits: 128, write: asIpv6 })

function asIpv4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.')
}

function asIpv6(address: bigint): string {
  return Array.from({ length: 8 }, (_, index) => ((address >> BigInt(112 - index * 16)) & 0xffffn).toString(16)).join(
    ':',
  )
}

test('[C2] an address is in a range when its first bits are those of the range', () => {
  const sample = family.chain(({ bits, write }) => {
    const address = fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })
    return fc.record({
      bits: fc.constant(bits),
      write: fc.constant(write),
      base: address,
      other: address,
      prefix: fc.integer({ min: 0, max: bits }),
      /** How many bits of the base the address shares, at least. */
      shared: fc.integer({ min: 0, max: bits }),
    })
  })
  fc.assert(
    fc.property(sample, ({ bits, write, base, other, prefix, shared }) => {
      const low = BigInt(bits - shared)
      const address = ((base >> low) << low) | (other & ((1n << low) - 1n))
      const expected = base >> BigInt(bits - prefix) === address >> BigInt(bits - prefix)
      const host = new URL(`http://${bits === 32 ? write(address) : `[${write(address)}]`}`).hostname
      // An IPv4 address that is written as one of IPv6 is that address.
      fc.pre(bits === 32 || (base >> 32n !== 0xffffn && address >> 32n !== 0xffffn))
      expect(exemptAddresses(`example.org,${write(base)}/${prefix}`)(host)).toBe(expected)
    }),
    { numRuns: 1000 },
  )
})

test('[C2] any text at all is taken', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('127.0.0.1', '[::1]', 'example.org'), (text, host) => {
      expect(typeof exemptAddresses(text)(host)).toBe('boolean')
    }),
  )
})

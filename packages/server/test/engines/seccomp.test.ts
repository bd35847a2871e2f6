import { describe, expect, test } from 'vitest'
import { seccompFilter } from '../../dist/engines/bubblewrap/seccomp/filter.js'
import { syscallNumbers } from '../../dist/engines/bubblewrap/seccomp/syscalls.js'

const allowAction = 0x7fff0000
const killAction = 0x80000000
const errno = (code: number): number => 0x00050000 | code

/** Runs a filter as the kernel would. */
function judge(filter: Buffer, call: { arch: number; nr: number; args?: number[] }): number {
  const data = Buffer.alloc(64)
  data.writeUInt32LE(call.nr, 0)
  data.writeUInt32LE(call.arch, 4)
  for (const [index, value] of (call.args ?? []).entries()) data.writeBigUInt64LE(BigInt(value), 16 + 8 * index)
  let accumulator = 0
  for (let at = 0; ; at += 1) {
    const code = filter.readUInt16LE(at * 8)
    const yes = filter.readUInt8(at * 8 + 2)
    const no = filter.readUInt8(at * 8 + 3)
    const value = filter.readUInt32LE(at * 8 + 4)
    if (code === 0x06) return value
    if (code === 0x20) accumulator = data.readUInt32LE(value)
    else if (code === 0x15) at += accumulator === value ? yes : no
    else if (code === 0x35) at += accumulator >= value ? yes : no
    else if (code === 0x45) at += (accumulator & value) !== 0 ? yes : no
    else throw new Error(`unknown instruction ${code}`)
  }
}

describe.each([...syscallNumbers])('the system call filter for %s', (name, table) => {
  const filter = seccompFilter(name)
  const ask = (nr: number, ...args: number[]): number => judge(filter, { arch: table.architecture, nr, args })

  test('fits into a kernel filter', () => {
    expect(filter.length % 8).toBe(0)
    expect(filter.length / 8).toBeLessThan(4096)
  })

  test('kills for another architecture and refuses x32', () => {
    expect(judge(filter, { arch: 0x40000003, nr: 1 })).toBe(killAction)
    expect(ask(0x40000000 + 1)).toBe(errno(38))
  })

  test('refuses what is denied, and nothing that it has no word for', () => {
    for (const number of Object.values(table.denied)) expect(ask(number)).toBe(errno(1))
    const known = new Set([...Object.values(table.denied), ...Object.values(table.checked)])
    for (let number = 0; number < 460; number += 1) if (!known.has(number)) expect(ask(number)).toBe(allowAction)
  })

  test('looks at arguments', () => {
    const { clone, clone3, ioctl, shmget, socket, socketpair } = table.checked
    for (const size of [0, 1, 16_384]) expect(ask(shmget, 0, size)).toBe(allowAction)
    for (const size of [16_385, 2 ** 31, 2 ** 32, 2 ** 40 + 1]) expect(ask(shmget, 0, size)).toBe(errno(22))
    expect(ask(clone3)).toBe(errno(38))
    expect(ask(clone, 17)).toBe(allowAction)
    for (const flag of [0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]) {
      expect(ask(clone, flag | 17)).toBe(errno(1))
    }
    expect(ask(ioctl, 0, 0x5401)).toBe(allowAction)
    expect(ask(ioctl, 0, 0x5412)).toBe(errno(1))
    // The kernel looks at the low 32 bits only.
    expect(ask(ioctl, 0, 0x1_0000_5412)).toBe(errno(1))
    for (const number of [socket, socketpair]) {
      for (const family of [1, 2, 10, 16]) expect(ask(number, family)).toBe(allowAction)
      for (const family of [17, 38, 40, 31]) expect(ask(number, family)).toBe(errno(97))
    }
  })
})

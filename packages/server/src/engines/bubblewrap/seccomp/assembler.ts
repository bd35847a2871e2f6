/**
 * Classic BPF as the kernel runs it on a system call (linux/filter.h). Little endian, as x86_64 and aarch64 are.
 *
 * A check jumps over its own answer. So offsets, which have one byte, stay small however long the filter is.
 */
const loadWord = 0x20
const jumpEqual = 0x15
const jumpAtLeast = 0x35
const jumpAnyBit = 0x45
const returnAction = 0x06

/** Offsets in struct seccomp_data. */
export const Field = {
  number: 0,
  architecture: 4,
  /** The low half of an argument. */
  argument: (index: number): number => 16 + 8 * index,
  highHalf: (index: number): number => 20 + 8 * index,
} as const

export const Answer = {
  allow: 0x7fff0000,
  killProcess: 0x80000000,
  errno: (code: number): number => 0x00050000 | code,
} as const

export type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number]

export const load = (field: number): Instruction => [loadWord, 0, 0, field]
export const answer = (value: number): Instruction => [returnAction, 0, 0, value]

/** Goes on with `then` when the loaded word equals the value, and after it otherwise. */
export function ifEqual(value: number, then: readonly Instruction[]): Instruction[] {
  return [[jumpEqual, 0, then.length, value], ...then]
}

export function unlessEqual(value: number, then: readonly Instruction[]): Instruction[] {
  return [[jumpEqual, then.length, 0, value], ...then]
}

export function ifAtLeast(value: number, then: readonly Instruction[]): Instruction[] {
  return [[jumpAtLeast, 0, then.length, value], ...then]
}

export function ifAnyBit(mask: number, then: readonly Instruction[]): Instruction[] {
  return [[jumpAnyBit, 0, then.length, mask], ...then]
}

export function assemble(instructions: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * 8)
  for (const [index, [code, ifTrue, ifFalse, value]] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(ifTrue, index * 8 + 2)
    bytes.writeUInt8(ifFalse, index * 8 + 3)
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4)
  }
  return bytes
}

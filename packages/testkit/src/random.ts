/** Chance that can be had again: the same seed gives the same numbers. */
export interface Random {
  /** From 0 to below 1. */
  next(): number
  /** An integer from 0 to below the end. */
  below(end: number): number
  pick<const T>(choices: readonly [T, ...T[]]): T
}

/** What FAULT_SEED says; otherwise always the same. It is printed, so that a failure can be had again. */
export function seedOf(test: string): number {
  const seed = Number(process.env['FAULT_SEED'] ?? 20_261_122)
  console.log(`${test}: FAULT_SEED=${seed}`)
  return seed
}

/** The generator mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number): number => Math.floor(next() * end)
  return { next, below, pick: (choices) => choices[below(choices.length)] ?? choices[0] }
}

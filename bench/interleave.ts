export type Step = readonly [name: string, run: () => Promise<unknown>]

export interface Result {
  readonly name: string
  /** Microseconds. */
  readonly median: number
  /** Microseconds. */
  readonly p95: number
  /** Of the median, to that of the first step. */
  readonly ratio: number
}

/** Runs the steps in turn, so that whatever else the machine does meets all of them alike. The first third only warms up. */
export async function interleave(steps: readonly Step[], rounds: number): Promise<Result[]> {
  const samples = steps.map(() => new Array<number>())
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, [, run]] of steps.entries()) {
      const began = performance.now()
      await run()
      if (round >= rounds / 3) samples[index]?.push((performance.now() - began) * 1000)
    }
  }
  const sorted = samples.map((each) => each.sort((a, b) => a - b))
  const base = quantile(sorted[0], 0.5)
  return steps.map(([name], index) => {
    const median = quantile(sorted[index], 0.5)
    return { name, median, p95: quantile(sorted[index], 0.95), ratio: median / base }
  })
}

export function print(results: readonly Result[]): void {
  for (const { name, median, p95, ratio } of results) {
    const numbers = `median ${column(median)} µs   p95 ${column(p95)} µs   ratio ${ratio.toFixed(3)}`
    console.log(`  ${name.padEnd(38)} ${numbers}`)
  }
}

function column(value: number): string {
  return value.toFixed(0).padStart(5)
}

export function quantile(sorted: readonly number[] | undefined, share: number): number {
  return sorted?.[Math.floor(sorted.length * share)] ?? Number.NaN
}

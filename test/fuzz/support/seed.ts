/** What FUZZ_SEED says; otherwise always the same. It is printed, so that a failure can be had again. */
export function fuzzSeed(test: string): number {
  const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_122)
  console.log(`${test}: FUZZ_SEED=${seed}`)
  return seed
}

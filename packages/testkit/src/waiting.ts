import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds: long enough for a loaded machine. A test that needs all of it has failed. */
export const longestWaitMs = 30_000

/** Waits for something that has no event to wait for. */
export async function eventually(condition: () => boolean | Promise<boolean>, what = 'it holds'): Promise<void> {
  const deadline = performance.now() + longestWaitMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`It never came true that ${what}.`)
    await delay(10)
  }
}

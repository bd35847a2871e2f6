import type { Reporter, TestModule } from 'vitest/node'

/** Ends the run with one plain line of counts, so that a log's last line says what ran. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      // A file that could not even be loaded has no tests to count.
      if (module.state() === 'failed' && module.children.size === 0) counts.failed += 1
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') counts[state] += 1
      }
    }
    const { passed, failed, skipped } = counts
    // They fail the run too.
    const more = errors.length > 0 ? `, unhandled errors: ${errors.length}` : ''
    // The default reporter's summary comes first.
    process.on('exit', () => {
      console.log(`${passed} passed, ${failed} failed, ${skipped} skipped${more}`)
    })
  }
}

import type { Report } from './run-suite.js'

/** Rows of cases, columns of runtimes, and below it why a cell is no ✓. */
export function table(reports: readonly Report[], names: readonly string[]): string {
  const headings = reports.map(({ runtime }) => runtime)
  const widest = Math.max(...names.map((name) => name.length))
  const lines = [['case'.padEnd(widest), ...headings].join('  ')]
  const reasons: string[] = []
  for (const name of names) {
    const cells = reports.map(({ runtime, outcomes }) => {
      const error = outcomes.has(name) ? outcomes.get(name) : 'The suite did not get there.'
      if (error !== undefined) reasons.push(`✗ ${runtime}: ${name}\n    ${error}`)
      return (error === undefined ? '✓' : '✗').padEnd(runtime.length)
    })
    lines.push([name.padEnd(widest), ...cells].join('  '))
  }
  return [...lines.map((line) => line.trimEnd()), '', ...reasons].join('\n')
}

/** How many cells are ✓, and how many are not. */
export function count(reports: readonly Report[], names: readonly string[]): { passed: number; failed: number } {
  const cells = reports.flatMap(({ outcomes }) =>
    names.map((name) => outcomes.has(name) && outcomes.get(name) === undefined),
  )
  const passed = cells.filter(Boolean).length
  return { passed, failed: cells.length - passed }
}

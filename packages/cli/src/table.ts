import stringWidth from 'string-width'
import { visible } from './format.js'
import { shorten } from './shorten.js'

/** How a table is made to fit a terminal. */
export interface Fit {
  /** Columns of the terminal; undefined where lines may be of any length. */
  readonly width: number | undefined
  /** The steps to make it fit, one after the other: a column, named by its heading, shrinks to a width; at 0 it is left out. */
  readonly measures: readonly (readonly [heading: string, width: number])[]
  /** The column whose cells are shortened in their middle; other cells are shortened at their end. */
  readonly middle?: string
}

const gap = '  '

/** Columns below their headings, as wide as a terminal shows them. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { width: available, measures, middle }: Fit = { width: undefined, measures: [] },
): string {
  const lines = [headings, ...rows.map((row) => row.map(visible))]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => stringWidth(line[column] ?? ''))))
  const steps = measures.map(([heading, least]): Measure => [headings.indexOf(heading), least])
  squeeze(widths, available ?? Infinity, steps)
  return lines
    .map((line) =>
      line
        .flatMap((cell, column) => {
          const width = widths[column] ?? 0
          if (width === 0) return []
          const shown = shorten(cell, width, headings[column] === middle ? 'middle' : 'end')
          return [shown + ' '.repeat(width - stringWidth(shown))]
        })
        .join(gap)
        .trimEnd(),
    )
    .join('\n')
}

type Measure = readonly [column: number, least: number]

/** Makes the widths fit, and gives the room that a removed column leaves over to the columns that are only shortened. */
function squeeze(widths: number[], available: number, measures: readonly Measure[]): void {
  const wanted = [...widths]
  const shortened: number[] = []
  for (const [column, least] of measures) {
    const over = totalOf(widths) - available
    if (over <= 0) break
    const width = widths[column] ?? 0
    if (width <= least) continue
    widths[column] = least === 0 ? 0 : Math.max(least, width - over)
    shortened.unshift(column)
  }
  for (const column of shortened) {
    const width = widths[column] ?? 0
    if (width === 0) continue
    const spare = Math.max(0, available - totalOf(widths))
    widths[column] = Math.min(wanted[column] ?? 0, width + spare)
  }
}

function totalOf(widths: readonly number[]): number {
  const shown = widths.filter((width) => width > 0)
  return shown.reduce((sum, width) => sum + width, gap.length * (shown.length - 1))
}

import type { SkippedEntry } from 'sandbox-sessions-sdk/node'
import type { Context } from './context.js'
import { visible } from './format.js'

const whatIsMissing: Readonly<Record<SkippedEntry['part'], string>> = {
  entry: 'left out',
  content: 'left empty',
  permissions: 'permissions not kept',
}

/** Reports on stderr what did not arrive of a directory, even with --quiet: nothing gets lost silently. */
export async function tellSkipped({ stderr, json }: Context, skipped: readonly SkippedEntry[]): Promise<void> {
  const lines = skipped.map((entry) => {
    if (json) return JSON.stringify({ skipped: entry })
    return visible(`sandbox-sessions: ${entry.path}: ${whatIsMissing[entry.part]}: ${entry.reason}`)
  })
  if (lines.length > 0) await stderr.write(`${lines.join('\n')}\n`)
}

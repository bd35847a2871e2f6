import { type Change, worst } from './change.js'
import { compareVersions, parseVersion } from './versions.js'

export interface Verdict {
  readonly ok: boolean
  /** One sentence, with what to do when it is not ok. */
  readonly text: string
}

/** Whether the version rose as much as the changes require. */
export function judge(base: string, version: string, changes: readonly Change[]): Verdict {
  if (compareVersions(version, base) < 0) {
    return { ok: false, text: `The version went down from ${base} to ${version}: give it one that is higher.` }
  }
  const [from, to] = [parseVersion(base), parseVersion(version)]
  const grade = worst(changes)
  const major = to.major > from.major
  if (grade === 'breaking' && !major) {
    const next = `${from.major + 1}.0.0`
    return {
      ok: false,
      text: `Breaking changes need a new major version: undo them, or set info.version to ${next} (it is ${version}).`,
    }
  }
  if (grade === 'additive' && !major && to.minor <= from.minor) {
    const next = `${from.major}.${from.minor + 1}.0`
    return { ok: false, text: `Additions need a new minor version: set info.version to ${next} (it is ${version}).` }
  }
  return { ok: true, text: `${base} → ${version}: ${describe(grade)}.` }
}

function describe(grade: ReturnType<typeof worst>): string {
  switch (grade) {
    case undefined:
      return 'no changes'
    case 'neutral':
      return 'nothing changed for those who use or offer the API, so that any version from the last one on will do'
    case 'additive':
      return 'additions only, and the version rose for them'
    case 'breaking':
      return 'breaking changes, and the major version rose for them'
  }
}

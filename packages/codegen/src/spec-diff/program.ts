import { parseArgs } from 'node:util'
import { readDocument } from 'sandbox-sessions-openapi'
import { diffDocuments } from './documents.js'
import { type Verdict, judge } from './policy.js'
import { release, releaseFile, releasedVersions } from './releases.js'
import { describe, group } from './report.js'

/** What the program works on by default. */
export interface SpecDiffDefaults {
  readonly spec: string
  /** The folder with the released versions. */
  readonly releases: string
}

interface Flags extends SpecDiffDefaults {
  readonly base: string | undefined
  readonly json: boolean
  readonly release: boolean
}

/**
 * Compares a spec with the last released one, prints what changed, and fails when its version does not rise as the changes
 * require. With `--release`, it keeps a copy of the spec among the released ones if everything is fine. Resolves to the exit code.
 */
export async function runSpecDiff(args: readonly string[], defaults: SpecDiffDefaults): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        spec: { type: 'string', default: defaults.spec },
        base: { type: 'string' },
        releases: { type: 'string', default: defaults.releases },
        json: { type: 'boolean', default: false },
        release: { type: 'boolean', default: false },
      },
    })
    return await specDiff({ ...values, base: values.base })
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 1
  }
}

async function specDiff(flags: Flags): Promise<number> {
  const spec = await readDocument(flags.spec)
  const { version } = spec.info
  const released = await releasedVersions(flags.releases)
  const base = await readDocument(flags.base ?? releaseFile(flags.releases, released[0] ?? version))
  const changes = diffDocuments(base, spec)
  let verdict: Verdict = judge(base.info.version, version, changes)
  if (verdict.ok && released.includes(version) && base.info.version !== version) {
    // A released version never changes, whatever this spec is compared with.
    verdict = judge(version, version, diffDocuments(await readDocument(releaseFile(flags.releases, version)), spec))
  }

  const findings = group(changes)
  const note = verdict.ok && flags.release ? await release(flags.spec, flags.releases, version) : ''
  if (flags.json) {
    console.log(
      JSON.stringify({ base: base.info.version, version, ok: verdict.ok, verdict: verdict.text, findings }, null, 2),
    )
  } else {
    if (findings.length > 0) console.log(describe(findings))
    console.log([verdict.ok ? 'OK:' : 'FAILED:', verdict.text, note].join(' ').trim())
  }
  return verdict.ok ? 0 : 1
}

/**
 * Compares the spec with the last released one: `npm run spec:diff`. Fails when its version does not rise as the changes ask
 * for. With `--release` it keeps a copy of the spec in docs/spec/ when all is well.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { type Document, isDocument } from './generate/document.js'
import { checkReferences } from './generate/references.js'
import { diffDocuments } from './spec-diff/documents.js'
import { type Verdict, judge } from './spec-diff/policy.js'
import { release, releaseFile, releasedVersions } from './spec-diff/releases.js'
import { describe, group } from './spec-diff/report.js'

const root = fileURLToPath(new URL('..', import.meta.url))

async function readSpec(file: string): Promise<Document> {
  try {
    const document: unknown = parse(await readFile(file, 'utf8'))
    if (!isDocument(document)) throw new Error('it is not an OpenAPI 3.1 document')
    checkReferences(document)
    return document
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`${file} can't be used: ${reason}`, { cause: error })
  }
}

async function specDiff(flags: {
  spec: string
  base: string | undefined
  releases: string
  json: boolean
  release: boolean
}): Promise<void> {
  const spec = await readSpec(flags.spec)
  const { version } = spec.info
  const released = await releasedVersions(flags.releases)
  const base = await readSpec(flags.base ?? releaseFile(flags.releases, released[0] ?? version))
  const changes = diffDocuments(base, spec)
  let verdict: Verdict = judge(base.info.version, version, changes)
  if (verdict.ok && released.includes(version) && base.info.version !== version) {
    // Whatever it is compared with, a version that is out says what it said.
    verdict = judge(version, version, diffDocuments(await readSpec(releaseFile(flags.releases, version)), spec))
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
  if (!verdict.ok) process.exitCode = 1
}

try {
  const { values } = parseArgs({
    options: {
      spec: { type: 'string', default: path.join(root, 'sandbox-api-spec.yaml') },
      base: { type: 'string' },
      releases: { type: 'string', default: path.join(root, 'docs/spec') },
      json: { type: 'boolean', default: false },
      release: { type: 'boolean', default: false },
    },
  })
  await specDiff({ ...values, base: values.base })
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

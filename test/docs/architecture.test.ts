/** The page that leads newcomers through the code: every path that it names is there. */
import { readFileSync } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8')

/** Paths from the root, and for each of them the names of files beside it that the same paragraph gives without a folder. */
function namedPaths(paragraph: string): string[] {
  const named = [...paragraph.matchAll(/`([\w./-]+)`/g)].map(([, name = '']) => name)
  const isPath = (name: string): boolean => /^(src|generated|packages|test|docs|scripts|\.)[\w-]*[/.]/.test(name)
  let folder = ''
  return named.flatMap((name) => {
    if (isPath(name)) {
      folder = name.endsWith('/') ? name : `${path.posix.dirname(name)}/`
      return [name]
    }
    return /^[a-z][\w-]*\.ts$/.test(name) || name === 'seccomp/' ? [folder + name] : []
  })
}

const paths = [...new Set(page.split(/\n(?=\d+\. |\n|\|)/).flatMap(namedPaths))]

describe('docs/architecture.md', () => {
  test('names files', () => {
    expect(paths.length).toBeGreaterThan(60)
  })

  test.each(paths)('%s is there', async (name) => {
    await access(path.join(root, name))
  })

  test('leaves no folder of the SDK, and no package, out', async () => {
    for (const folder of ['src', 'packages', 'packages/server/src']) {
      const entries = await readdir(path.join(root, folder), { withFileTypes: true })
      for (const entry of entries) if (entry.isDirectory()) expect(page).toContain(`${entry.name}/`)
    }
  })
})

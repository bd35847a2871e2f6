/** What a list costs, and what its pages say while the files change. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { list } from '../../dist/engines/guest/files/list.js'
import { Walks } from '../../dist/engines/guest/files/walk.js'
import { temporaryDirectory } from './support.js'

/** Counts the walks that had to be made. */
class CountingWalks extends Walks {
  made = 0

  override take(...args: Parameters<Walks['take']>): ReturnType<Walks['take']> {
    const walk = super.take(...args)
    if (walk === undefined) this.made += 1
    return walk
  }
}

function pathOf(entry: unknown): string {
  return typeof entry === 'object' && entry !== null && 'path' in entry ? String(entry.path) : ''
}

interface Page {
  readonly paths: string[]
  readonly total: number
}

describe('a list', () => {
  const directory = temporaryDirectory()
  let root = directory.path
  let count = 0
  let walks = new CountingWalks()
  afterAll(() => directory.remove())
  beforeEach(() => {
    root = join(directory.path, String((count += 1)))
    mkdirSync(root)
    walks = new CountingWalks()
  })

  const page = async (offset: number, limit: number, { path = '.', recursive = true } = {}): Promise<Page> => {
    let text = ''
    const output = {
      write: (chunk: Uint8Array) => {
        text += Buffer.from(chunk).toString()
        return Promise.resolve(true)
      },
      end: () => undefined,
    }
    const { total } = await list(root, { op: 'list', path, recursive, offset, limit }, output, walks)
    const lines = text.split('\n').filter((line) => line !== '')
    return { paths: lines.map((line) => pathOf(JSON.parse(line))), total }
  }
  const fill = (names: readonly string[]): void => {
    for (const name of names) writeFileSync(join(root, name), '')
  }
  const numbered = (n: number): string[] => Array.from({ length: n }, (_, index) => String(index).padStart(4, '0'))
  /** Reads on from page to page, as a client that counts what it was given. */
  const readAll = async (limit: number, between: (page: Page) => void = () => undefined): Promise<string[]> => {
    const found: string[] = []
    for (;;) {
      const next = await page(found.length, limit)
      found.push(...next.paths)
      if (found.length >= next.total) return found
      between(next)
    }
  }

  test.each([50, 200])('[B10] of %d entries takes one walk, however many pages it has', async (entries) => {
    fill(numbered(entries))
    expect(await readAll(10)).toEqual(numbered(entries))
    expect(walks.made).toBe(1)
  })

  test('[B10] holds every entry of a tree, however deep and wide it is, in order', async () => {
    const paths = Array.from({ length: 400 }, (_, index) => index.toString(3).split('').join('/x'))
    for (const path of paths) mkdirSync(join(root, path, 'd-e'), { recursive: true })
    const wanted = new Set(paths.flatMap((path) => [path, `${path}/d-e`]))
    for (const path of wanted)
      for (let up = path; up.includes('/'); up = up.slice(0, up.lastIndexOf('/'))) wanted.add(up)
    for (const path of [...wanted]) wanted.add(path.split('/')[0] ?? '')
    expect(await readAll(37)).toEqual([...wanted].sort())
  })

  test('[B10] stays as it was when its first page was read: nothing is missed, and nothing comes twice', async () => {
    fill(numbered(40))
    let made = 0
    const found = await readAll(7, () => fill([`!${(made += 1)}`, `~${made}`, `0005-${made}`]))
    expect(found).toEqual(numbered(40))
    expect(walks.made).toBe(1)
    expect((await page(0, 1000)).total).toBe(40 + 3 * made)
  })

  test('[B10] leaves out what has vanished, and no page is short or empty for it before the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(59), { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        async (vanishing, limit) => {
          const names = numbered(60)
          fill(names)
          const first = await page(0, limit)
          const gone = vanishing.map((index) => names[index] ?? '').filter((name) => !first.paths.includes(name))
          for (const name of gone) rmSync(join(root, name))
          const rest = await page(limit, 60)
          expect(rest.paths).toEqual(names.slice(limit).filter((name) => !gone.includes(name)))
          expect(rest.total).toBe(60 - gone.length)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('[B10] is a new one at its beginning, and at every page that does not go on where one ended', async () => {
    fill(numbered(30))
    await page(0, 10)
    fill(['!'])
    expect((await page(0, 10)).paths[0]).toBe('!')
    expect((await page(10, 10)).total).toBe(31)
    fill(['!!'])
    for (const offset of [10, 5, 25]) expect((await page(offset, 3)).total).toBe(32)
    expect(walks.made).toBe(5)
  })

  test('[B10] is not that of another directory, nor of what is below', async () => {
    mkdirSync(join(root, 'a/b'), { recursive: true })
    fill(['a/1', 'a/2', 'a/3', 'a/b/1', 'a/b/2', 'a/b/3'])
    symlinkSync('a', join(root, 'link'))
    expect((await page(0, 2, { path: 'a' })).paths).toEqual(['a/1', 'a/2'])
    expect((await page(2, 2, { path: 'a', recursive: false })).paths).toEqual(['a/3', 'a/b'])
    expect((await page(2, 2, { path: 'a/b' })).paths).toEqual(['a/b/3'])
    expect((await page(2, 9, { path: 'link' })).paths).toEqual(['a/3', 'a/b', 'a/b/1', 'a/b/2', 'a/b/3'])
    expect(walks.made).toBe(3)
  })

  test('[B10] lasts for several readers at a time, each at its own place', async () => {
    fill(numbered(40))
    const offsets = [0, 0, 0]
    for (let turn = 0; turn < 4; turn += 1) {
      for (const [reader, offset] of offsets.entries()) {
        expect((await page(offset, 10)).paths).toEqual(numbered(40).slice(offset, offset + 10))
        offsets[reader] = offset + 10
      }
    }
    expect(walks.made).toBe(3)
  })

  test('[B10] gives no reader what another one saw, when the files changed between their beginnings', async () => {
    fill(numbered(30))
    await page(0, 10)
    fill(['!'])
    expect((await page(0, 10)).paths.at(-1)).toBe('0008')
    expect((await page(10, 10)).paths[0]).toBe('0009')
    expect(walks.made).toBe(2)
    for (const name of ['0020', '0021', '0022']) rmSync(join(root, name))
    await page(0, 20)
    expect((await page(20, 3)).paths).toEqual(['0019', '0023', '0024'])
    expect(walks.made).toBe(3)
  })

  test('[B10] keeps few walks, and none that nobody can ask for', async () => {
    fill(numbered(40))
    for (let reader = 1; reader <= 9; reader += 1) await page(0, 2 * reader)
    const again = walks.made
    for (let reader = 9; reader >= 1; reader -= 1) await page(2 * reader, 1)
    // The latest four went on; the others had to begin again.
    expect(walks.made - again).toBe(5)
    await page(0, 40)
    await page(40, 1)
    expect(walks.made - again).toBe(7)
  })

  test('[B10] says so when the directory is gone before the next page, and survives another one in its place', async () => {
    mkdirSync(join(root, 'd'))
    fill(numbered(9).map((name) => `d/${name}`))
    await page(0, 3, { path: 'd' })
    renameSync(join(root, 'd'), join(root, 'e'))
    await expect(page(3, 3, { path: 'd' })).rejects.toThrow('There is no d.')
    mkdirSync(join(root, 'd'))
    fill(['d/0004'])
    expect(await page(3, 3, { path: 'd' })).toEqual({ paths: ['d/0004'], total: 4 })
  })
})

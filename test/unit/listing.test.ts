import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SandboxAPIError } from '../../src/errors.js'
import { Listing, type PageInfo } from '../../src/core/listing.js'

interface Page extends PageInfo {
  readonly items: readonly string[]
}

/** A collection that a listing pages through, and that changes meanwhile. */
function collection(items: string[], limit: number, offset = 0): { listing: Listing<Page, string>; loads: number[] } {
  const loads: number[] = []
  const listing = new Listing<Page, string>({
    load: (at = offset) => {
      loads.push(at)
      return Promise.resolve({ items: items.slice(at, at + limit), total: items.length, limit, offset: at })
    },
    items: (page) => page.items,
    key: (item) => item,
  })
  return { listing, loads }
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `item-${index}`)

describe('a listing', () => {
  test('awaited, is the one page that was asked for, loaded once', async () => {
    const { listing, loads } = collection(numbered(10), 4, 2)
    expect((await listing).items).toEqual(['item-2', 'item-3', 'item-4', 'item-5'])
    expect((await listing).total).toBe(10)
    expect(loads).toEqual([2])
  })

  test('loads nothing until it is used', () => {
    expect(collection(numbered(10), 4).loads).toEqual([])
  })

  test('looped over, is everything from its offset on, in as few pages as it takes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.integer({ min: 1, max: 10 }), fc.nat(45), async (count, limit, offset) => {
        const { listing, loads } = collection(numbered(count), limit, offset)
        expect(await listing.toArray()).toEqual(numbered(count).slice(offset))
        expect(loads.length).toBe(Math.max(1, Math.ceil((count - offset) / limit)))
      }),
    )
  })

  test('[B10] tells its source whether one page is wanted, or all of them', async () => {
    const asked: [offset: number | undefined, inLoop: boolean][] = []
    const listing = () =>
      new Listing<Page, string>({
        load: (offset, inLoop) => {
          asked.push([offset, inLoop])
          const at = offset ?? 0
          return Promise.resolve({ items: [`item-${at}`], total: 3, limit: 1, offset: at })
        },
        items: (page) => page.items,
        key: (item) => item,
      })
    await listing()
    expect(await listing().toArray()).toEqual(numbered(3))
    expect(asked).toEqual([
      [undefined, false],
      [undefined, true],
      [1, true],
      [2, true],
    ])
  })

  test('misses nothing and repeats nothing when its entries are deleted in the loop', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(30),
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
        async (count, limit, deletes) => {
          const items = numbered(count)
          const seen: string[] = []
          for await (const item of collection(items, limit).listing) {
            if (deletes[seen.length] === true) items.splice(items.indexOf(item), 1)
            seen.push(item)
          }
          expect(seen).toEqual(numbered(count))
        },
      ),
    )
  })

  test('ends when the page can not be loaded', async () => {
    const listing = new Listing<Page, string>({
      load: () => Promise.reject(new Error('no page')),
      items: (page) => page.items,
      key: (item) => item,
    })
    await expect(listing).rejects.toThrow('no page')
    expect(await listing.catch(() => 'caught').finally(() => undefined)).toBe('caught')
    await expect(listing.finally(() => undefined)).rejects.toThrow('no page')
    await expect(listing.toArray()).rejects.toThrow('no page')
  })

  test('fails when the server gives the same page whatever the offset, in place of looping for ever', async () => {
    const listing = new Listing<Page, string>({
      load: () => Promise.resolve({ items: ['same'], total: 100, limit: 1, offset: 0 }),
      items: (page) => page.items,
      key: (item) => item,
    })
    const reading = listing.toArray()
    await expect(reading).rejects.toThrow(SandboxAPIError)
    await expect(reading).rejects.toThrow('the entries from 1 on')
  })

  test('reads to the end when the server pages well and always says offset 0', async () => {
    const items = numbered(10)
    const listing = new Listing<Page, string>({
      load: (at = 0) => Promise.resolve({ items: items.slice(at, at + 3), total: 10, limit: 3, offset: 0 }),
      items: (page) => page.items,
      key: (item) => item,
    })
    expect(await listing.toArray()).toEqual(items)
  })

  test('ends when the server answers empty pages for ever', async () => {
    const listing = new Listing<Page, string>({
      load: (offset = 0) => Promise.resolve({ items: [], total: 100, limit: 10, offset }),
      items: (page) => page.items,
      key: (item) => item,
    })
    expect(await listing.toArray()).toEqual([])
  })
})

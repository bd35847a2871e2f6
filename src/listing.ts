import { LazyPromise } from './lazy-promise.js'

/** How far a page reaches. */
export interface PageInfo {
  /** How many entries there are in all. */
  readonly total: number
  /** The largest number of entries in the page. */
  readonly limit: number
  /** How many entries were skipped. */
  readonly offset: number
}

/** What a listing needs to know of its pages. */
interface PageSource<Page extends PageInfo, Item> {
  load(offset: number | undefined): Promise<Page>
  items(page: Page): readonly Item[]
  /** What tells two entries apart, across pages. */
  key(item: Item): string
}

/**
 * A list that is not loaded yet: await it for the one page that was asked for, or loop over it with `for await` for every
 * entry from there on. Nothing is sent before that.
 *
 * The loop may delete what it is given: entries that move up into the place of deleted ones are not missed, and none comes
 * twice.
 *
 * @example
 * ```ts
 * const page = await client.listSessions({ limit: 10 })
 * for await (const session of client.listSessions()) await session.delete()
 * ```
 */
export class Listing<Page extends PageInfo, Item> extends LazyPromise<Page> implements AsyncIterable<Item> {
  override readonly [Symbol.toStringTag]: string = 'Listing'
  readonly #source: PageSource<Page, Item>

  /** @internal */
  constructor(source: PageSource<Page, Item>) {
    super(() => source.load(undefined))
    this.#source = source
  }

  /** Every entry from the offset that was asked for to the end, page by page. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    const seen = new Set<string>()
    let page = await this.#source.load(undefined)
    const start = page.offset
    for (;;) {
      const items = this.#source.items(page)
      for (const item of items) {
        const key = this.#source.key(item)
        if (seen.has(key)) continue
        seen.add(key)
        yield item
      }
      const end = page.offset + items.length
      if (items.length === 0 || end >= page.total) return
      page = await this.#loadAfter(page, end, start)
    }
  }

  /** The page at an offset; further up by as many entries as have vanished since the previous page was loaded. */
  async #loadAfter(previous: Page, end: number, start: number): Promise<Page> {
    let offset = end
    let { total } = previous
    for (;;) {
      const page = await this.#source.load(offset)
      const vanished = total - page.total
      if (vanished <= 0 || offset === start) return page
      offset = Math.max(start, offset - vanished)
      total = page.total
    }
  }

  /** Every entry from the offset that was asked for to the end, in one array. */
  async toArray(): Promise<Item[]> {
    const items: Item[] = []
    for await (const item of this) items.push(item)
    return items
  }
}

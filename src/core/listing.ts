import { SandboxAPIError } from '../errors.js'
import { LazyPromise } from '../internal/lazy-promise.js'

/** Which part of a list a page is. */
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
  /**
   * @param offset - another one than was asked for.
   * @param inLoop - every page will be read, so that few large pages are best.
   */
  load(offset: number | undefined, inLoop: boolean): Promise<Page>
  items(page: Page): readonly Item[]
  /** The key that identifies an entry, across pages. */
  key(item: Item): string
}

/**
 * A list that is not loaded yet: await it for the one page that was asked for, or loop over it with `for await` for every
 * entry from there on. Nothing is sent before that. Without a `limit`, a page has as many entries as the server gives by
 * default, and a loop asks for the largest pages that the API has.
 *
 * The loop may delete what it is given: it does not miss the entries that move up into the place of deleted ones, and
 * gives none twice.
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
    super(() => source.load(undefined, false))
    this.#source = source
  }

  /** Every entry from the offset that was asked for to the end, page by page. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    const seen = new Set<string>()
    let page = await this.#source.load(undefined, true)
    const start = page.offset
    let at = start
    for (;;) {
      const items = this.#source.items(page)
      const known = seen.size
      for (const item of items) {
        const key = this.#source.key(item)
        if (seen.has(key)) continue
        seen.add(key)
        yield item
      }
      const end = at + items.length
      if (items.length === 0 || end >= page.total) return
      if (seen.size === known && page.offset !== at) throw new SandboxAPIError(noPaging(at, page.offset))
      ;[page, at] = await this.#loadAfter(page, end, start)
    }
  }

  /** The page at an offset, and its real offset: smaller by the number of entries that have vanished since the previous page. */
  async #loadAfter(previous: Page, end: number, start: number): Promise<[Page, number]> {
    let offset = end
    let { total } = previous
    for (;;) {
      const page = await this.#source.load(offset, true)
      const vanished = total - page.total
      if (vanished <= 0 || offset === start) return [page, offset]
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

function noPaging(asked: number, given: number): string {
  return `The server was asked for the entries from ${asked} on and gave those from ${given} on again: the list can't be read to its end.`
}

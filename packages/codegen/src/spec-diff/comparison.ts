import { isDeepStrictEqual } from 'node:util'
import { type Document, type JsonObject, isObject, resolve, targetOf } from 'sandbox-sessions-openapi'
import { type Change, type Grade, type SchemaPair, type Site, reasons } from './change.js'

/** Texts for people, which no program depends on. */
const annotations = [
  'description',
  'summary',
  'title',
  'example',
  'examples',
  'tags',
  'deprecated',
  'externalDocs',
  'links',
  '$comment',
]

/** Two documents that are being compared, and the findings so far. */
export class Comparison {
  readonly base: Document
  readonly spec: Document
  readonly changes: Change[] = []
  readonly #compared = new Map<string, SchemaPair[]>()

  constructor(base: Document, spec: Document) {
    this.base = base
    this.spec = spec
  }

  /** Both sides of what is compared, with every `$ref` at their top followed. */
  resolve(before: unknown, after: unknown): [JsonObject, JsonObject] {
    return [resolve(this.base, before ?? {}), resolve(this.spec, after ?? {})]
  }

  /** Both schemas as objects of their documents, which identify the pair; `true` for a schema that takes anything. */
  pairOf(before: unknown, after: unknown): SchemaPair {
    return [isObject(before) ? targetOf(this.base, before) : true, isObject(after) ? targetOf(this.spec, after) : true]
  }

  /** Whether this pair was compared at this place before, so that a named schema is reported once. */
  isRepeated({ place, direction, open }: Site, pair: SchemaPair): boolean {
    const key = JSON.stringify([place, direction, open])
    const before = this.#compared.get(key) ?? []
    if (isIn(before, pair)) return true
    this.#compared.set(key, [...before, pair])
    return false
  }

  add(grade: Grade, site: Pick<Site, 'place' | 'subject'>, what: string, why = ''): void {
    const { place, subject } = site
    this.changes.push({ grade, subject, what, why, place })
  }

  /** Compares the keys that nobody else compares, so that no change is missed. */
  compareRest(
    before: JsonObject,
    after: JsonObject,
    compared: readonly string[],
    siteOf: (key: string) => Pick<Site, 'place' | 'subject'>,
  ): void {
    for (const key of keysOf(before, after)) {
      if (compared.includes(key) || isDeepStrictEqual(before[key], after[key])) continue
      if (annotations.includes(key) || key.startsWith('x-')) this.add('neutral', siteOf(key), `${key} changed`)
      else this.add('breaking', siteOf(key), `${key}: ${show(before[key])} → ${show(after[key])}`, reasons.unknown)
    }
  }
}

export function isIn(pairs: readonly SchemaPair[], [before, after]: SchemaPair): boolean {
  return pairs.some(([from, to]) => from === before && to === after)
}

/** The keys of both, each once. */
export function keysOf(before: unknown, after: unknown): string[] {
  return [...new Set([before, after].flatMap((each) => (isObject(each) ? Object.keys(each) : [])))]
}

export function childOf(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (value === undefined) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Compares what two schemas take, at a place of the document. */
export type CompareSchemas = (comparison: Comparison, site: Site, before: unknown, after: unknown) => void

import * as fc from 'fast-check'
import type { Parameter, Spec } from 'sandbox-sessions-openapi'
import { idempotencyKeys, paths, ranges } from './dictionary.js'
import type { SchemaGenerators } from './generators.js'

/** A text that breaks a parameter, with what is wrong with it. */
export interface BrokenText {
  readonly name: string
  readonly text: string
}

const words: Readonly<Record<string, fc.Arbitrary<string> | undefined>> = {
  path: paths,
  filePath: paths,
  Range: ranges,
  'If-Range': fc.constantFrom('{etag}', '"other"', 'W/"weak"', 'Sun, 22 Nov 2026 10:00:00 GMT', '"', 'x'),
  'Idempotency-Key': idempotencyKeys,
}

const notIntegers = ['', 'abc', '1.5', ' 1', '1 ', '1e2', '0x10', '+1', '1_000', 'NaN', 'null', '\u0661', '1,2', '--1']
const notBooleans = ['', 'yes', '1', '0', 'TRUE', 'False', 'null', ' true']

/** Texts that a parameter may have. Dictionary words are there more often than not. */
export function parameterTexts(
  { name, in: place, schema }: Parameter,
  generators: SchemaGenerators,
): fc.Arbitrary<string> {
  const own = fc.oneof(generators.valid(schema), generators.boundary(schema)).map(String)
  const texts = place === 'header' ? own.map(inHeader) : own
  const known = words[name]
  return known === undefined ? texts : fc.oneof({ arbitrary: known, weight: 5 }, { arbitrary: texts, weight: 1 })
}

/** Texts that a parameter may not have. None when it may have any. */
export function brokenParameterTexts(parameter: Parameter, generators: SchemaGenerators): fc.Arbitrary<BrokenText>[] {
  const { name, in: place, schema } = parameter
  const { types } = typesOf(generators.spec, parameter)
  const found = generators
    .changes(schema)
    .filter(({ kind }) => kind !== 'null' && kind !== 'wrong type')
    .map((change) => ({ name: `${name} ${change.name}`, texts: change.values.map(String) }))
  if (types.includes('integer')) found.push({ name: `${name} is no integer`, texts: fc.constantFrom(...notIntegers) })
  if (types.includes('boolean')) found.push({ name: `${name} is no boolean`, texts: fc.constantFrom(...notBooleans) })
  return found.map((each) =>
    each.texts.map((text) => ({ name: each.name, text: place === 'header' ? asHeader(text) : text })),
  )
}

function typesOf(spec: Spec, { schema }: Parameter): { types: readonly unknown[] } {
  const { type } = spec.resolve(schema)
  return { types: Array.isArray(type) ? type : [type] }
}

/** A header holds ASCII only, and no space at its ends. The length stays. */
function inHeader(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/gu, '~')
}

/** What HTTP can't carry can't be sent. */
function asHeader(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\xa1-\xff]/gu, '\xa4')
}

import fc from 'fast-check'

/** Names that mean something to JavaScript, or to whoever copies objects by assignment. */
export const awkwardNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'toJSON',
  'then',
  'length',
  '0',
  '',
  '$ref',
] as const

/** Any JSON object, as the text that is sent: names and values of every kind, the awkward ones often. */
export const jsonObjectText = fc.letrec<{ object: string; value: string }>((tie) => ({
  object: fc
    .uniqueArray(fc.tuple(fc.oneof(fc.constantFrom(...awkwardNames), fc.string({ unit: 'binary' })), tie('value')), {
      maxLength: 5,
      selector: ([name]) => name,
    })
    .map((pairs) => `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .oneof(
        fc.constant(null),
        fc.boolean(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.string({ unit: 'binary' }),
      )
      .map((value) => JSON.stringify(value)),
    fc.array(tie('value'), { maxLength: 4 }).map((values) => `[${values.join(',')}]`),
    tie('object'),
  ),
})).object

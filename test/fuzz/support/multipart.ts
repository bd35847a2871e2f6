import * as fc from 'fast-check'
import { paths } from './dictionary.js'
import { contents } from './contents.js'

/** The body of a form, with its media type. */
export interface Form {
  readonly type: string
  readonly body: Uint8Array
}

const delimiter = 'fuzz-4f1c'
const type = `multipart/form-data; boundary=${delimiter}`

const fileNames = fc.oneof(
  paths.map((path): string | undefined => path.replaceAll(/["\r\n]/g, '_')),
  fc.constantFrom(undefined, 'a.txt', '', '../x', '/etc/x', 'C:\\x\\y.txt', 'a"b', '\u{1f600}.txt'),
)

/** Forms as the spec wants them. */
export const validForms: fc.Arbitrary<Form> = fc
  .tuple(fileNames, contents, fc.constantFrom('before', 'after', 'alone'))
  .map(([name, content, others]) => {
    const file = part('file', name, content)
    const other = part('note', undefined, Buffer.from('ignored'))
    const parts = others === 'before' ? [other, file] : others === 'after' ? [file, other] : [file]
    return { type, body: closed(parts) }
  })

/** Forms that are broken, by what is wrong with them. */
export const brokenForms: ReadonlyMap<string, fc.Arbitrary<Form>> = new Map([
  ['without the part', fc.constant({ type, body: closed([part('files', 'a.txt', Buffer.from('x'))]) })],
  ['without any part', fc.constant({ type, body: closed([]) })],
  ['without its end', validForms.map(({ body }) => ({ type, body: body.subarray(0, -delimiter.length - 6) }))],
  ['without a boundary', validForms.map(({ body }) => ({ type: 'multipart/form-data', body }))],
  ['of another boundary', validForms.map(({ body }) => ({ type: `${type}x`, body }))],
  ['of random bytes', fc.uint8Array({ maxLength: 200 }).map((body) => ({ type, body }))],
])

function part(name: string, filename: string | undefined, content: Uint8Array): Buffer {
  const file = filename === undefined ? '' : `; filename="${filename}"`
  const head = `--${delimiter}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n')])
}

function closed(parts: readonly Buffer[]): Buffer {
  return Buffer.concat([...parts, Buffer.from(`--${delimiter}--\r\n`)])
}

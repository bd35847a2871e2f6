/** Bytes, and text as UTF-8. */

/**
 * Bytes in an ArrayBuffer, as `fetch` takes them. TypeScript from 5.7 on writes that as `Uint8Array<ArrayBuffer>`, but older
 * versions, which must be able to read the types of this package, know no such parameter.
 */
export type Bytes = ReturnType<Uint8Array['slice']>

/** A view of an ArrayBuffer: a typed array, a DataView, a Buffer. */
export interface BytesView {
  readonly buffer: ArrayBuffer
  readonly byteOffset: number
  readonly byteLength: number
}

/** The output of a command, in the form that was asked for. */
export type Output = string | Bytes

/** Both outputs of a command. */
interface Outputs<Form extends Output> {
  readonly stdout: Form
  readonly stderr: Form
}

/** Whether it is a Uint8Array (or a Buffer), also one of another realm, as test runners make them. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
}

export function utf8Of(text: string): Bytes {
  return new TextEncoder().encode(text)
}

/** For people to read: what is not UTF-8 becomes U+FFFD. */
export function readable({ stdout, stderr }: Outputs<Output>): Outputs<string> {
  return { stdout: textOf(stdout), stderr: textOf(stderr) }
}

/** Undefined when they are text. */
export function exact({ stdout, stderr }: Outputs<Output>): Outputs<Bytes> | undefined {
  return typeof stdout === 'string' || typeof stderr === 'string' ? undefined : { stdout, stderr }
}

function textOf(output: Output): string {
  return typeof output === 'string' ? output : new TextDecoder('utf-8', { ignoreBOM: true }).decode(output)
}

/** The text of these bytes; undefined when they are not UTF-8. */
export function exactText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Bytes and text, between which UTF-8 stands. */

/**
 * Bytes in an ArrayBuffer, as `fetch` takes them: what TypeScript from 5.7 on writes with the buffer's type as a parameter. Older
 * ones know no parameter there, and the types of the package must be readable to them.
 */
export type Bytes = ReturnType<Uint8Array['slice']>

/** A view of an ArrayBuffer: a typed array, a DataView, a Buffer. */
export interface BytesView {
  readonly buffer: ArrayBuffer
  readonly byteOffset: number
  readonly byteLength: number
}

/** What a command writes, in the form that was asked for. */
export type Output = string | Bytes

/** Both outputs of a command. */
interface Outputs<Form extends Output> {
  readonly stdout: Form
  readonly stderr: Form
}

/** Whether it is a Uint8Array (a Buffer too) of this realm or another one, as test runners make them. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
}

export function utf8Of(text: string): Bytes {
  return new TextEncoder().encode(text)
}

/** For a person to read: what is not UTF-8 becomes U+FFFD. */
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

/** The text that these bytes are the UTF-8 of; undefined when they are not UTF-8. */
export function exactText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

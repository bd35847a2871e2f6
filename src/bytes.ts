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

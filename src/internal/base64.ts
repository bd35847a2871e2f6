/**
 * Base64 as the API has it: RFC 4648, section 4, with padding. Runtimes that do it themselves do it many times faster; `atob`
 * is neither strict nor faster than this.
 */
import { type Bytes, utf8Of } from './bytes.js'

const alphabet = /* @__PURE__ */ utf8Of('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
const padding = 61
/** The value for characters outside of the alphabet. */
const foreign = 64
const values = /* @__PURE__ */ valuesOf(alphabet)

function valuesOf(codes: Uint8Array): Uint8Array {
  const found = new Uint8Array(128).fill(foreign)
  for (const [value, code] of codes.entries()) found[code] = value
  return found
}

export function encodeBase64(bytes: Uint8Array): string {
  if (hasToBase64(bytes)) return bytes.toBase64()
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(padding)
  for (let from = 0, to = 0; from < bytes.length; from += 3) {
    const left = bytes.length - from
    const group = (at(bytes, from) << 16) | (at(bytes, from + 1) << 8) | at(bytes, from + 2)
    codes[to++] = at(alphabet, group >> 18)
    codes[to++] = at(alphabet, (group >> 12) & 63)
    if (left > 1) codes[to++] = at(alphabet, (group >> 6) & 63)
    if (left > 2) codes[to++] = at(alphabet, group & 63)
  }
  return new TextDecoder().decode(codes)
}

/** Undefined for what is not base64: with a foreign character, with wrong padding, or with unused bits that are not 0. */
export function decodeBase64(text: string): Bytes | undefined {
  if (text.length % 4 !== 0) return undefined
  const padded = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const length = (text.length / 4) * 3 - padded
  return hasFromBase64(Uint8Array) ? native(Uint8Array, text, length) : decode(text, padded, length)
}

function decode(text: string, padded: number, length: number): Bytes | undefined {
  const bytes = new Uint8Array(length)
  const whole = text.length - padded
  let seen = 0
  let group = 0
  let last = 0
  for (let from = 0, to = 0; from < text.length; from += 1) {
    const code = text.charCodeAt(from)
    const value = from >= whole ? 0 : code < 128 ? at(values, code) : foreign
    seen |= value
    group = (group << 6) | value
    if (from % 4 !== 3) continue
    // Past the end is only padding, which is not stored.
    bytes[to++] = group >> 16
    bytes[to++] = group >> 8
    bytes[to++] = group
    last = group
    group = 0
  }
  const spare = padded === 0 ? 0 : last & (padded === 2 ? 0xffff : 0xff)
  return seen < foreign && spare === 0 ? bytes : undefined
}

function native(runtime: FromBase64, text: string, length: number): Bytes | undefined {
  try {
    const bytes = runtime.fromBase64(text, { lastChunkHandling: 'strict' })
    // The runtime skips white space, so that fewer bytes than expected come out.
    return bytes.length === length ? bytes : undefined
  } catch {
    return undefined
  }
}

/** New in ES2026. */
interface FromBase64 {
  fromBase64(text: string, options: { readonly lastChunkHandling: 'strict' }): Bytes
}

function hasFromBase64(runtime: object): runtime is FromBase64 {
  return 'fromBase64' in runtime
}

function hasToBase64(bytes: object): bytes is { toBase64(): string } {
  return 'toBase64' in bytes
}

/** Past the end, 0. */
function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}

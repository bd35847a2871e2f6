/** Output in bodies and events, which the schemas can't say all of: what is said to be base64 has to be it. */
import { isObject } from 'sandbox-sessions-openapi'

const outputs = ['stdout', 'stderr', 'data'] as const

/** The same value with its output in base64, when it is said to be. */
export function encoded(value: unknown): unknown {
  if (!isInBase64(value)) return value
  const texts = outputs.flatMap((name) => {
    const text = value[name]
    return typeof text === 'string' ? [[name, Buffer.from(text).toString('base64')] as const] : []
  })
  return { ...value, ...Object.fromEntries(texts) }
}

export function isInBase64(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && value['encoding'] === 'base64'
}

/** What the SDK must make of it: the bytes in place of base64, and no encoding any more. */
export function decoded(value: unknown): unknown {
  if (!isObject(value) || !('encoding' in value)) return value
  const { encoding: _, ...rest } = value
  if (!isInBase64(value)) return rest
  const bytes = outputs.flatMap((name) => {
    const text = rest[name]
    return typeof text === 'string' ? [[name, Uint8Array.from(Buffer.from(text, 'base64'))] as const] : []
  })
  return { ...rest, ...Object.fromEntries(bytes) }
}

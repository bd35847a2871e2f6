/** A JSON object of unknown shape. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns a list as it is, and an empty list for anything else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The properties of an object, and none of anything else. */
export function entries(value: unknown): [name: string, value: unknown][] {
  return isObject(value) ? Object.entries(value) : []
}

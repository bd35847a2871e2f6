import { ProtocolError } from './frames.js'

export type JsonRecord = Record<string, unknown>

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @throws {ProtocolError} unless the payload is a JSON object. */
export function parseRecord(payload: Uint8Array | string): JsonRecord {
  let value: unknown
  try {
    value = JSON.parse(typeof payload === 'string' ? payload : Buffer.from(payload).toString('utf8'))
  } catch {
    throw new ProtocolError('A control frame is not JSON.')
  }
  return asRecord(value)
}

export function asRecord(value: unknown): JsonRecord {
  if (!isRecord(value)) throw new ProtocolError('A control frame must hold a JSON object.')
  return value
}

export function stringOf(record: JsonRecord, key: string): string {
  const value = record[key]
  if (typeof value !== 'string') throw new ProtocolError(`${key} must be a string.`)
  return value
}

export function booleanOf(record: JsonRecord, key: string): boolean {
  const value = record[key]
  if (typeof value !== 'boolean') throw new ProtocolError(`${key} must be a boolean.`)
  return value
}

/** A number of bytes, milliseconds or items: finite and not negative. */
export function countOf(record: JsonRecord, key: string): number {
  const value = record[key]
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new ProtocolError(`${key} must be a number.`)
  }
  return value
}

export function stringsOf(record: JsonRecord, key: string): string[] {
  const value = record[key]
  if (!isStrings(value)) throw new ProtocolError(`${key} must hold strings only.`)
  return value
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

export function stringMapOf(record: JsonRecord, key: string): Record<string, string> {
  const map = new Map<string, string>()
  for (const [name, value] of Object.entries(asRecord(record[key]))) {
    if (typeof value !== 'string') throw new ProtocolError(`${key} must hold strings only.`)
    map.set(name, value)
  }
  return Object.fromEntries(map)
}

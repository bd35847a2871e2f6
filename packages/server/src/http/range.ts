import type { ByteRange } from '../engines/contract/files.js'
import { invalidParameter } from './api-error.js'

/** Reads a Range header that keeps to the spec: one range of bytes. @throws {ApiError} 400 when it ends before it begins. */
export function readRange(header: string): ByteRange {
  const [first = '', last = ''] = header.slice(header.indexOf('=') + 1).split('-')
  if (first === '') return { suffix: toOffset(last) }
  if (last === '') return { first: toOffset(first) }
  const range = { first: toOffset(first), last: toOffset(last) }
  if (range.last < range.first) {
    throw invalidParameter('Range must not end before it begins.', { parameter: 'Range' })
  }
  return range
}

/** An entity tag of the version of a file. */
export function etagOf(version: string): string {
  return `"${version}"`
}

/** The version that an If-Range header names. For a weak tag, a date or a foreign tag, a version that no file ever has. */
export function versionOf(header: string): string {
  return /^"([\w-]+)"$/.exec(header)?.[1] ?? ''
}

/** No file is as long as the largest of them. */
function toOffset(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER - 1)
}

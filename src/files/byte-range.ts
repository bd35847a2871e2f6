import { SandboxValidationError } from '../errors.js'

/** The part of a file that an answer holds, in bytes; both ends belong to it. */
export interface ByteRange {
  readonly first: number
  readonly last: number
  /** The size of the file. Missing when the server does not know. */
  readonly total: number | undefined
}

/** What a `range` header asks for: the bytes from `first` on, or the last `suffix` bytes. */
interface AskedRange {
  readonly first: number | undefined
  readonly last: number | undefined
  readonly suffix: number | undefined
}

/** @throws {SandboxValidationError} for several ranges: they would come as one body with headers between them. */
export function askedRange(header: string): AskedRange {
  const found = /^bytes=(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))$/i.exec(header.replace(/\s/g, ''))
  if (found === null) {
    throw new SandboxValidationError(
      `headers.range must be one range of bytes, like bytes=100-149, bytes=100- or bytes=-50; got ${JSON.stringify(header.slice(0, 80))}.`,
      'headers',
    )
  }
  const [, first, last, suffix] = found
  return { first: numberOf(first), last: numberOf(last), suffix: numberOf(suffix) }
}

/** Whether it is exactly the part that was asked for. A part whose end can't be known does not count. */
export function isAsked({ first, last, total }: ByteRange, asked: AskedRange): boolean {
  if (asked.suffix !== undefined) {
    return total !== undefined && first === Math.max(0, total - asked.suffix) && last === total - 1
  }
  if (first !== asked.first) return false
  if (total === undefined) return last === asked.last
  return last === Math.min(asked.last ?? total - 1, total - 1)
}

/** Undefined where the answer does not say, or says something impossible. */
export function contentRange({ headers }: Response): ByteRange | undefined {
  const found = /^bytes (\d{1,15})-(\d{1,15})\/(?:(\d{1,15})|\*)$/i.exec(headers.get('content-range') ?? '')
  if (found === null) return undefined
  const range = { first: Number(found[1]), last: Number(found[2]), total: numberOf(found[3]) }
  return range.first <= range.last && range.last < (range.total ?? Infinity) ? range : undefined
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits)
}

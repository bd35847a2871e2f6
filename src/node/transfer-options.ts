import type { RequestOptions } from '../options.js'
import type { TransferOptions } from '../files/progress.js'

/** Options of {@link uploadFromPath} and {@link downloadToPath}. */
export interface PathTransferOptions extends RequestOptions, TransferOptions {
  /** Replace files that exist. Default false: an error. */
  readonly overwrite?: boolean | undefined
  /** How many files of a directory are transferred at a time. Default 4. */
  readonly concurrency?: number | undefined
}

export const defaultConcurrency = 4

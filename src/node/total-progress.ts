import type { Progress, TransferOptions } from '../files/progress.js'

/** Adds up the progress of the files of a directory. */
export class TotalProgress {
  readonly #loaded = new Map<string, number>()
  readonly #total: number
  readonly #options: TransferOptions
  #sum = 0

  constructor(total: number, options: TransferOptions) {
    this.#total = total
    this.#options = options
  }

  /** The listener for one of the files. An upload that is sent again first takes back the bytes that it had reported. */
  of(path: string): (progress: Progress) => void {
    return ({ loaded }) => {
      this.#sum += loaded - (this.#loaded.get(path) ?? 0)
      this.#loaded.set(path, loaded)
      this.#options.onProgress?.({ loaded: this.#sum, total: this.#total })
    }
  }
}

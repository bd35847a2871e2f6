import cliProgress from 'cli-progress'
import type { Context } from './context.js'
import { formatBytes, formatDuration, visible } from './format.js'

/** How far a transfer has got, as the SDK reports it. */
interface Progress {
  readonly loaded: number
  readonly total?: number | undefined
}

const barWidth = 24

/** A progress bar on stderr during a transfer. It is drawn only on a terminal. */
export class TransferProgress implements Disposable {
  loaded = 0
  readonly #startedAt = performance.now()
  readonly #name: string
  readonly #bar: cliProgress.SingleBar | undefined
  #total: number | undefined

  constructor({ stderr, json, quiet }: Context, name: string) {
    this.#name = visible(name)
    if (!stderr.isTerminal || json || quiet || process.env['TERM'] === 'dumb') return
    const format = () => this.#line()
    // The settings of the terminal are not changed, since a killed process could not restore them.
    this.#bar = new cliProgress.SingleBar({ format, stream: process.stderr, hideCursor: false, linewrap: true })
    this.#bar.start(1, 0)
  }

  readonly onProgress = ({ loaded, total }: Progress): void => {
    this.loaded = loaded
    this.#total = total
    this.#bar?.setTotal(total ?? Infinity)
    this.#bar?.update(loaded)
  }

  /** What was transferred, in words. */
  get summary(): string {
    return `${formatBytes(this.loaded)} in ${formatDuration(this.#elapsedMs)}`
  }

  /** Ends the line of the bar. Calling it again does nothing. */
  stop(): void {
    this.#bar?.stop()
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  get #elapsedMs(): number {
    return performance.now() - this.#startedAt
  }

  #line(): string {
    const perSecond = this.loaded / Math.max(this.#elapsedMs / 1000, 0.001)
    const rate = `${formatBytes(perSecond)}/s`
    if (this.#total === undefined) return `${this.#name}  ${formatBytes(this.loaded)}  ${rate}`
    const share = this.#total === 0 ? 1 : Math.min(1, this.loaded / this.#total)
    const filled = Math.round(share * barWidth)
    const bar = `[${'='.repeat(filled)}${' '.repeat(barWidth - filled)}]`
    const left = perSecond === 0 ? '' : `  ${formatDuration(((this.#total - this.loaded) / perSecond) * 1000)} left`
    const percent = `${Math.floor(share * 100)}%`.padStart(4)
    return `${this.#name}  ${bar}${percent}  ${formatBytes(this.loaded)} of ${formatBytes(this.#total)}  ${rate}${left}`
  }
}

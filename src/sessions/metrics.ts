import type { Wire } from '../core/wire.js'
import { dateOf } from '../internal/dates.js'

/** What the processes and files of a session use. */
export interface SessionMetrics {
  /** Processor time that its processes have used since its sandbox was started, in seconds. */
  readonly cpuSeconds: number
  /** Memory that its processes hold. */
  readonly memoryBytes: number
  /** Memory that they may hold; undefined when there is no bound. */
  readonly memoryLimitBytes: number | undefined
  /** Disk that its files take. */
  readonly diskBytes: number
  /** Disk that they may take; undefined when there is no bound. */
  readonly diskLimitBytes: number | undefined
  /** Processes and threads. */
  readonly processes: number
  /** When this was so, by the server's clock. */
  readonly at: Date
}

export function sessionMetrics(wire: Wire['SessionMetrics']): SessionMetrics {
  const { cpuSeconds, memoryBytes, memoryLimitBytes, diskBytes, diskLimitBytes, processes, at } = wire
  return {
    cpuSeconds,
    memoryBytes,
    memoryLimitBytes: memoryLimitBytes ?? undefined,
    diskBytes,
    diskLimitBytes: diskLimitBytes ?? undefined,
    processes,
    at: dateOf(at),
  }
}

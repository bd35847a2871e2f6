/** What one sandbox may use. */
export interface BubblewrapLimits {
  /** Processes and threads at once. A sandbox may ask for fewer. Default 512. */
  readonly processes: number
  /** Open files of one process. Default 4096. */
  readonly openFiles: number
  /** Bytes of one file. Default 4 GiB. */
  readonly fileBytes: number
  /** Bytes of /tmp, in memory. Default 256 MiB. */
  readonly tmpBytes: number
  /** Bytes of /dev/shm, in memory. Default 64 MiB. */
  readonly shmBytes: number
  /**
   * Bytes of memory, with those of /tmp and /dev/shm and what the kernel holds for it. A sandbox may ask for another limit.
   * Without effect where the server can't make control groups. Default half of the machine's.
   */
  readonly memoryBytes?: number
  /** Processors, also fractions. A sandbox may ask for fewer. Without effect as above. Default as many as there are. */
  readonly cpus?: number
  /**
   * Bytes of the file system that holds its files, where the server is root and can make images; what it keeps for itself counts.
   * A sandbox may ask for fewer. At least 16 MiB. Default 10 GiB.
   */
  readonly diskBytes: number
}

export const defaultBubblewrapLimits: BubblewrapLimits = {
  processes: 512,
  openFiles: 4096,
  fileBytes: 4 * 1024 ** 3,
  tmpBytes: 256 * 1024 ** 2,
  shmBytes: 64 * 1024 ** 2,
  diskBytes: 10 * 1024 ** 3,
}

/** A sandbox needs so much memory for itself and a small command. */
export const leastMemoryBytes = 128 * 1024 ** 2

/** The kernel counts processor time no finer. */
export const leastCpus = 0.05

/**
 * Makes room for programs beside the files in memory: when those alone could take all of the memory, filling /tmp would end
 * the sandbox.
 */
export function fitting(limits: BubblewrapLimits): BubblewrapLimits {
  const { memoryBytes = Infinity, tmpBytes, shmBytes } = limits
  const least = (bytes: number, share: number): number => Math.min(bytes, Math.floor(memoryBytes * share))
  return { ...limits, tmpBytes: least(tmpBytes, 1 / 4), shmBytes: least(shmBytes, 1 / 8) }
}

/** A sandbox needs so many processes and threads for itself and one command. */
export const leastProcesses = 32

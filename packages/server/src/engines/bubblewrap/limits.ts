/** What one sandbox may use. Memory and disk are not among it: that takes cgroups and quotas of the machine. */
export interface BubblewrapLimits {
  /** Processes and threads at once, of which a sandbox may be made with fewer. Default 512. */
  readonly processes: number
  /** Open files of one process. Default 4096. */
  readonly openFiles: number
  /** Bytes of one file. Default 4 GiB. */
  readonly fileBytes: number
  /** Bytes of /tmp, in memory. Default 256 MiB. */
  readonly tmpBytes: number
  /** Bytes of /dev/shm, in memory. Default 64 MiB. */
  readonly shmBytes: number
}

export const defaultBubblewrapLimits: BubblewrapLimits = {
  processes: 512,
  openFiles: 4096,
  fileBytes: 4 * 1024 ** 3,
  tmpBytes: 256 * 1024 ** 2,
  shmBytes: 64 * 1024 ** 2,
}

/** A sandbox with fewer processes and threads has no room for a command beside what it needs itself. */
export const leastProcesses = 32

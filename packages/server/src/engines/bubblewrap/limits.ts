/** What one sandbox may use. Memory is missing: it needs cgroups of the machine. */
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

/** A sandbox needs so many processes and threads for itself and one command. */
export const leastProcesses = 32

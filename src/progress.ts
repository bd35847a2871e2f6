/** How far a transfer is. */
export interface Progress {
  /** Bytes so far. It starts anew when an upload is sent again. */
  readonly loaded: number
  /** Bytes in all. Missing when nobody knows. */
  readonly total: number | undefined
}

/** Options of a transfer. */
export interface TransferOptions {
  /** Told after each piece. What it throws ends the transfer. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Compare the checksum (MD5) of what was sent or received with the server's. Default false. */
  readonly verify?: boolean | undefined
}

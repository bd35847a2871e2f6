/** How far a transfer is. */
export interface Progress {
  /** Bytes so far. It starts anew when an upload is sent again. */
  readonly loaded: number
  /** Bytes in all. Missing when nobody knows. */
  readonly total: number | undefined
}

/** Options of a transfer. */
export interface TransferOptions {
  /**
   * Told after each piece, of an upload at the latest when it is on its way. Where `fetch` tells nothing on the way (browsers; bytes
   * and Blobs on Deno), an upload is told once, at its end. What it throws ends the transfer.
   */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /**
   * Compare the checksum (MD5) of what was sent or received with the server's. Default false: of an upload its size alone is
   * compared. It does not go with a `range` header.
   */
  readonly verify?: boolean | undefined
}

/** How far a transfer has got. */
export interface Progress {
  /** Bytes so far. It starts anew when an upload is sent again. */
  readonly loaded: number
  /** Bytes in all. Missing when nobody knows. */
  readonly total: number | undefined
}

/** Options of a transfer. */
export interface TransferOptions {
  /**
   * Called after each piece. Where `fetch` reports nothing on the way (browsers; bytes and Blobs on Deno), it is called once for an
   * upload, at its end. An error that it throws ends the transfer.
   */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /**
   * Compare the checksum (MD5) of what was sent or received with the server's. Default false: then only the size of
   * an upload is compared. It does not go with a `range` header.
   */
  readonly verify?: boolean | undefined
}

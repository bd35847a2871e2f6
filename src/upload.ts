import { compareChecksums, createChecksum } from './checksum.js'
import type { FileInfo } from './file-info.js'
import type { CallControl } from './pipeline.js'
import type { TransferOptions } from './progress.js'
import { type UploadContent, type UploadSource, digestOf, uploadSource } from './upload-source.js'

/** Where no piece is told of (a browser reads a Blob by itself), the deadline must do for the whole: at 64 kB a second. */
const slowestBytesPerMs = 64

/** An upload on its way: its body, its progress, its checksum. */
interface Upload {
  /** Whether the content can be sent again. */
  readonly repeatable: boolean
  /** The deadline until the first piece is sent, in milliseconds. */
  firstDeadlineMs(timeoutMs: number): number
  /** Gives the body for a call. */
  begin(call: CallControl): UploadSource['body']
  /** @throws {SandboxConnectionError} when another content arrived than was sent, if that is to be verified. */
  verify(info: FileInfo): Promise<void>
}

/** @throws {SandboxValidationError} when the content is nothing that holds bytes. */
export async function createUpload(content: UploadContent, options: TransferOptions): Promise<Upload> {
  const checksum = options.verify === true ? await createChecksum() : undefined
  let call: CallControl | undefined
  let sent = 0
  const onPiece = (piece: Uint8Array, loaded: number): void => {
    // The first piece of an attempt: what an earlier one sent does not count.
    if (loaded === piece.byteLength) checksum?.reset()
    checksum?.update(piece)
    sent = loaded
    call?.keepAlive()
    options.onProgress?.({ loaded, total: size })
  }
  // What the content or a listener throws is the caller's own: it ends the call, as it is.
  const { body, size } = uploadSource(content, { onPiece, onFailure: (error) => call?.abort(error) })
  return {
    repeatable: size !== undefined,
    firstDeadlineMs: (timeoutMs) => timeoutMs + (size ?? 0) / slowestBytesPerMs,
    begin: (control) => {
      call = control
      return body
    },
    verify: async ({ path, checksum: theirs }) => {
      if (checksum === undefined) return
      const untold = body instanceof Blob && sent < body.size
      compareChecksums(path, untold ? await digestOf(body, checksum) : checksum.hex(), theirs)
    },
  }
}

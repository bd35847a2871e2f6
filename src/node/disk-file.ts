import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import { SandboxValidationError } from '../errors.js'

/** Larger than a stream's default, which costs half of the speed. */
const chunkBytes = 256 * 1024

/** Its size has been announced, and nothing can take the place of what is missing. */
function shortened(localPath: string, missing: number): SandboxValidationError {
  return new SandboxValidationError(
    `${localPath} became shorter while it was uploaded: ${missing} bytes are missing at its end. Upload it again when nothing writes to it.`,
    'localPath',
    localPath,
  )
}

/**
 * A file on the disk as a File: it has a size, and is read anew each time it is streamed. Node's own `openAsBlob` does the
 * same at half the speed.
 */
export class DiskFile extends File {
  readonly #path: string

  constructor(localPath: string, size: number) {
    super([], path.basename(localPath))
    this.#path = localPath
    Object.defineProperty(this, 'size', { value: size })
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const localPath = this.#path
    // A file that grows meanwhile is sent as it was.
    let left = this.size
    let file: FileHandle | undefined
    return new ReadableStream(
      {
        async pull(controller) {
          try {
            file ??= await open(localPath)
            const { bytesRead, buffer } = await file.read({ buffer: new Uint8Array(Math.min(chunkBytes, left)) })
            left -= bytesRead
            if (bytesRead > 0) controller.enqueue(buffer.subarray(0, bytesRead))
            if (bytesRead > 0 && left > 0) return
            if (left > 0) throw shortened(localPath, left)
            await file.close()
            controller.close()
          } catch (error) {
            await file?.close()
            throw error
          }
        },
        async cancel() {
          await file?.close()
        },
      },
      { highWaterMark: 0 },
    )
  }
}

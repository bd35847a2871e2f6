import { open } from 'node:fs/promises'
import type { Bytes } from '../internal/bytes.js'
import { SandboxValidationError } from '../errors.js'
import { type SizedContent, contentSize } from '../files/upload-source.js'

/** Larger than a stream's default, which would halve the speed. */
const chunkBytes = 256 * 1024

/**
 * A file on the disk as the content of an upload, opened anew each time it is read: it is sent under that Content-Length and can be
 * sent again. What was added to it meanwhile is not read.
 */
export function diskFile(localPath: string, size: number): SizedContent {
  return { [contentSize]: size, [Symbol.asyncIterator]: () => chunksOf(localPath, size) }
}

async function* chunksOf(localPath: string, size: number): AsyncGenerator<Bytes, void, undefined> {
  const file = await open(localPath)
  try {
    for (let left = size; left > 0;) {
      const { bytesRead, buffer } = await file.read({ buffer: new Uint8Array(Math.min(chunkBytes, left)) })
      if (bytesRead === 0) throw shortened(localPath, left)
      left -= bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

/** Its size has been announced, and nothing can replace the missing bytes. */
function shortened(localPath: string, missing: number): SandboxValidationError {
  return new SandboxValidationError(
    `${localPath} became shorter while it was uploaded: ${missing} bytes are missing at its end. Upload it again when nothing writes to it.`,
    'localPath',
    localPath,
  )
}

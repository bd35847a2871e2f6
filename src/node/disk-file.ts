import type { Bytes } from '../bytes.js'
import { open } from 'node:fs/promises'
import { type SizedContent, contentSize } from '../upload-source.js'

/** Larger than a stream's default, which costs half of the speed. */
const chunkBytes = 256 * 1024

/**
 * A file on the disk as the content of an upload, opened anew each time it is read. With a size it is sent under that
 * Content-Length and can be sent again: more than `size` bytes are left unread, less end the upload with an error. Without one
 * it is read to its end, once: for what is no regular file.
 */
export function diskFile(localPath: string, size?: number): SizedContent {
  return { [contentSize]: size, [Symbol.asyncIterator]: () => chunksOf(localPath, size) }
}

async function* chunksOf(localPath: string, size = Infinity): AsyncGenerator<Bytes, void, undefined> {
  const file = await open(localPath)
  try {
    for (let left = size; left > 0;) {
      const { bytesRead, buffer } = await file.read({ buffer: new Uint8Array(Math.min(chunkBytes, left)) })
      if (bytesRead === 0) return
      left -= bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

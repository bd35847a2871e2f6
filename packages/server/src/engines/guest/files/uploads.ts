import { statfs } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { UsageOutcome } from '../protocol/messages.js'

/** Bytes of the blocks that a stat counts. */
const statBlockBytes = 512

/** The files of the uploads that are under way. */
export class Uploads {
  readonly #files = new Set<FileHandle>()

  /** Dispose what it returns before the file is closed. */
  add(file: FileHandle): Disposable {
    this.#files.add(file)
    return { [Symbol.dispose]: () => this.#files.delete(file) }
  }

  /** Bytes of disk that they take by now. */
  async bytes(): Promise<number> {
    let sum = 0
    for (const file of this.#files) sum += (await file.stat()).blocks * statBlockBytes
    return sum
  }
}

/** What the files take on the root's file system, which holds nothing else, without the uploads that are under way. */
export async function usage(root: string, uploads: Uploads): Promise<UsageOutcome> {
  const underWay = await uploads.bytes()
  const { bsize, blocks, bfree } = await statfs(root)
  return { bytes: Math.max(0, (blocks - bfree) * bsize - underWay) }
}

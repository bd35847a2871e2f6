import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A command's whole input as a file without a name, open for reading. A pipe would not do: a program that opens
 * `/dev/stdin` again would wait for ever once the input has been written and its writer is gone.
 */
export async function spoolInput(directory: string, input: AsyncIterable<Uint8Array>): Promise<FileHandle> {
  const path = join(directory, `input-${randomBytes(8).toString('hex')}`)
  await using writer = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    for await (const chunk of input) await writer.writeFile(chunk)
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } finally {
    await unlink(path)
  }
}

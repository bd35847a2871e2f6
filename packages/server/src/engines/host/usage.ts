import { EngineError } from '../contract/errors.js'
import { checked, sizeOf } from './answers.js'
import type { Connection } from './connection.js'

/** How long the supervisor may take to tell it, in milliseconds. */
const usageTimeoutMs = 10_000

/**
 * What the files of a sandbox take on a file system of their own, by the word of its supervisor. A guest that has replaced it can
 * say anything, and gets nothing by it: the file system has the bound.
 *
 * @param most - bytes of that file system.
 * @throws {EngineError} when it takes too long.
 */
export async function toldUsage(connection: Connection, most: number): Promise<number> {
  const call = connection.call({ op: 'usage' })
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise<never>((_, reject) => {
    const late = new EngineError('The sandbox did not tell in time what its files take.')
    timer = setTimeout(() => reject(late), usageTimeoutMs).unref()
  })
  try {
    return await checked(connection, async () =>
      Math.min(most, sizeOf(await Promise.race([call.done, timeUp]), 'bytes')),
    )
  } finally {
    clearTimeout(timer)
  }
}

import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'
import { CommandInput } from '../../dist/engines/guest/commands/command-input.js'

let directory: string
let readFd: number
let input: CommandInput

beforeEach(async () => {
  directory = await temporaryDirectory()
  const pipe = path.join(directory, 'pipe')
  execFileSync('mkfifo', [pipe])
  readFd = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  input = new CommandInput(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK))
})
afterEach(async () => {
  input.close()
  closeSync(readFd)
  await rm(directory, { recursive: true })
})

test('what a command has read before it ended was taken', async () => {
  const buffer = Buffer.alloc(100)
  async function* line(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('late\n')
    expect(buffer.toString('utf8', 0, readSync(readFd, buffer))).toBe('late\n')
    // That a command ended is heard of in another turn of the event loop.
    await new Promise(setImmediate)
    input.close()
  }
  await input.pass(line(), false)
})

test('what is still to be written when a command ends was not', async () => {
  async function* more(): AsyncGenerator<Uint8Array> {
    // More than a pipe holds.
    yield Buffer.alloc(200 * 1024)
    input.close()
  }
  await expect(input.pass(more(), false)).rejects.toMatchObject({ code: 'InputClosed' })
  await expect(input.pass(more(), true)).rejects.toMatchObject({ code: 'InputClosed' })
})

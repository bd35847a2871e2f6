import { rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'
import { makeDirectory } from '../dist/support/make-directory.js'

test('[B1] whoever makes a directory at the same time as others finds it made', async () => {
  const root = await temporaryDirectory()
  const directory = path.join(root, 'a', 'b')
  await Promise.all(Array.from({ length: 8 }, () => makeDirectory(directory, 0o711)))
  const { mode } = await stat(directory)
  expect(mode & 0o777).toBe(0o711)
  await rm(root, { recursive: true })
})

test('a file in its place is an error', async () => {
  const root = await temporaryDirectory()
  const file = path.join(root, 'file')
  await writeFile(file, '')
  await expect(makeDirectory(file, 0o711)).rejects.toMatchObject({ code: 'EEXIST' })
  await rm(root, { recursive: true })
})

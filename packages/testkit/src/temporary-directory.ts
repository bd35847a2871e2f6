import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A new empty directory that its test removes. */
export function temporaryDirectory(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'sandbox-test-'))
}

/** A new empty directory that is gone, with all in it, at the end of the block. */
export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string
}

export async function disposableDirectory(): Promise<TemporaryDirectory> {
  const directory = await temporaryDirectory()
  return { path: directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) }
}

import { SandboxConnectionError } from '../errors.js'

/** Computes the MD5 of the bytes that it is given, in hex. */
export interface Checksum {
  update(bytes: Uint8Array): void
  /** Forgets the bytes so far. */
  reset(): void
  hex(): string
}

/** Web Crypto has no MD5. The package is loaded only when a transfer is verified. */
export async function createChecksum(): Promise<Checksum> {
  const { md5 } = await import('js-md5')
  let hash = md5.create()
  return {
    update: (bytes) => void hash.update(bytes),
    reset: () => void (hash = md5.create()),
    hex: () => hash.hex(),
  }
}

/** @throws {SandboxConnectionError} when they differ, or the server gave none. */
export function compareChecksums(path: string, ours: string, theirs: string | undefined): void {
  if (ours === theirs) return
  const problem = theirs === undefined ? 'the server gave no checksum' : `its MD5 is ${ours} here and ${theirs} there`
  throw new SandboxConnectionError(`${path} could not be verified: ${problem}.`)
}

import { createReadStream } from 'node:fs'
import { type Readable, addAbortSignal } from 'node:stream'
import { UsageError } from './cli-error.js'

/** Far more than a server takes in a request. The limit keeps an endless input from filling the memory. */
const maxBytes = 64 * 1024 ** 2

/** Reads standard input to its end, since the API takes it in one request. */
export function readStdin(signal: AbortSignal): Promise<Buffer> {
  return readWhole(process.stdin, 'Standard input', signal)
}

/** A file of this machine that is to be sent in one request. */
export function readLocalFile(file: string, signal: AbortSignal): Promise<Buffer> {
  return readWhole(createReadStream(file), file, signal)
}

async function readWhole(source: Readable, name: string, signal: AbortSignal): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of addAbortSignal(signal, source)) {
    if (!(chunk instanceof Uint8Array)) continue
    chunks.push(chunk)
    size += chunk.length
    if (size > maxBytes) {
      throw new UsageError(`${name} is longer than ${maxBytes} bytes. Put it into a file of the session first.`)
    }
  }
  return Buffer.concat(chunks)
}

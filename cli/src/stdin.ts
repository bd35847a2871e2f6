import { addAbortSignal } from 'node:stream'
import { UsageError } from './cli-error.js'

/** Far above what a server takes in a request; it keeps an endless input from filling the memory. */
const maxBytes = 64 * 1024 ** 2

/** Standard input to its end. The API takes it as one text. */
export async function readStdin(signal: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of addAbortSignal(signal, process.stdin)) {
    if (!(chunk instanceof Uint8Array)) continue
    chunks.push(chunk)
    size += chunk.length
    if (size > maxBytes) throw new UsageError('Standard input is too long. Put it into a file of the session first.')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new UsageError('Standard input must be UTF-8. Put other data into a file of the session first.')
  }
}

/**
 * Uploads of every kind, and a download that is cut: the same in every runtime. Its arguments are the address of the API and a
 * file of 300 000 bytes, if there is a disk. Its last line is what became of each.
 */
import { type Progress, SessionsClient, type UploadContent } from 'sandbox-sessions-sdk'

const sessionId = '123e4567-e89b-12d3-a456-426614174000'
const bytes = new Uint8Array(300_000).map((_, index) => index % 251)

async function* giving<T>(...values: T[]): AsyncGenerator<T> {
  for (const value of values) {
    await Promise.resolve()
    yield value
  }
}

function streamOf(content: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= content.length) controller.close()
      else controller.enqueue(content.subarray(at, (at += 70_000)))
    },
  })
}

const contents: Record<string, () => UploadContent> = {
  string: () => 'grüße 😀',
  empty: () => '',
  bytes: () => bytes,
  'array-buffer': () => bytes.buffer.slice(0),
  view: () => bytes.subarray(5, 1005),
  'data-view': () => new DataView(bytes.buffer, 5, 1000),
  blob: () => new Blob([bytes]),
  file: () => new File([bytes], 'name', { type: 'text/html' }),
  stream: () => streamOf(bytes),
  iterable: () => giving<Uint8Array | string>('gr\ud83d', '\ude00', bytes),
  'half-a-pair': () => giving('a', '\ud83d'),
  'wrong-size': () => bytes,
}

export interface Outcome {
  readonly size: number | undefined
  readonly error: string | undefined
  readonly progress: Progress | undefined
}

async function outcomeOf(work: (onProgress: (each: Progress) => void) => Promise<{ size: number }>): Promise<Outcome> {
  let progress: Progress | undefined
  try {
    const { size } = await work((each) => (progress = each))
    return { size, error: undefined, progress }
  } catch (error) {
    return {
      size: undefined,
      error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      progress,
    }
  }
}

export async function transfers(apiUrl: string, localFile: string | undefined): Promise<Record<string, Outcome>> {
  // A timer that is left behind keeps the process for an hour.
  const client = new SessionsClient({ apiUrl, timeoutMs: 3_600_000, maxRetryDelayMs: 20 })
  const outcomes: Record<string, Outcome> = {}
  for (const [path, content] of Object.entries(contents)) {
    outcomes[path] = await outcomeOf((onProgress) =>
      client.uploadFile(sessionId, { path }, content(), { verify: path !== 'wrong-size', onProgress }),
    )
  }
  if (localFile !== undefined) {
    const { uploadFromPath } = await import('sandbox-sessions-sdk/node')
    const session = await client.getSession(sessionId)
    outcomes['disk'] = await outcomeOf(async (onProgress) => {
      const [written] = await uploadFromPath(session, localFile, 'disk', { verify: true, onProgress })
      return { size: written?.size ?? 0 }
    })
  }
  outcomes['ranged'] = await outcomeOf(async (onProgress) => {
    const download = await client.downloadFile(sessionId, 'a', { headers: { range: 'bytes=100-149' }, onProgress })
    const part = await download.bytes()
    if (part.some((byte, index) => byte !== 100 + index)) throw new Error('These are other bytes.')
    return { size: part.length }
  })
  client.close()
  return outcomes
}

/** More of a stream than is collected where none can be sent. */
export async function tooLarge(apiUrl: string): Promise<Outcome> {
  const client = new SessionsClient({ apiUrl })
  const piece = new Uint8Array(1024 * 1024)
  async function* large(): AsyncGenerator<Uint8Array> {
    for (let count = 0; count <= 100; count += 1) yield piece
  }
  return await outcomeOf(() => client.uploadFile(sessionId, { path: 'too-large' }, large()))
}

declare const process: { readonly argv: readonly string[] } | undefined
const [, , apiUrl, localFile] = typeof process === 'undefined' ? [] : process.argv
if (apiUrl !== undefined) console.log(JSON.stringify(await transfers(apiUrl, localFile)))

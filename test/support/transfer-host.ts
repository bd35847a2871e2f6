import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { answerRange } from 'sandbox-sessions-testkit/range-server'
import { type ReceivedUpload, writtenFile } from 'sandbox-sessions-testkit/upload-server'
import { wireSession } from './wire.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface TransferHost extends Fixture {
  /** What arrived whole, by its path. */
  readonly received: ReadonlyMap<string, ReceivedUpload>
  /** What a page has posted to `/result`. */
  readonly result: Promise<unknown>
}

/**
 * The server of `programs/transfers.ts`: it takes uploads, says of `wrong-size` that it has another size, and breaks the first
 * answer of each download. For browsers it has pages, by their addresses, and the files of this project.
 */
export async function transferHost(pages: Readonly<Record<string, string>> = {}): Promise<TransferHost> {
  const received = new Map<string, ReceivedUpload>()
  const content = Buffer.from(Uint8Array.from({ length: 200 }, (_, index) => index))
  let cut: number | undefined = 30
  let publish: (result: unknown) => void
  const result = new Promise<unknown>((resolve) => (publish = resolve))
  const fixture = await httpFixture((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://host')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      if (request.method === 'POST' && pathname.endsWith('/files')) {
        const name = searchParams.get('path') ?? ''
        received.set(name, { headers: request.headers, body })
        const permissions = permissionsOf(Number.parseInt(searchParams.get('mode') ?? '644', 8))
        const written = { ...writtenFile(body), name, path: name, permissions }
        respond(response, 201, name === 'wrong-size' ? { ...written, size: written.size + 1 } : written)
      } else if (pathname.endsWith('/files')) {
        answerRange(request, response, content, cut)
        cut = undefined
      } else if (pathname === '/result') {
        publish(JSON.parse(body.toString()))
        respond(response, 200, {})
      } else if (pathname.startsWith('/v1/')) {
        respond(response, 200, wireSession())
      } else {
        void answerFile(pathname, pages[pathname], (status, type, text) => {
          respond(response, status, text, { 'content-type': type })
        })
      }
    })
  })
  return Object.assign(fixture, { received, result })
}

/** Like `rw-r--r--`. */
function permissionsOf(mode: number): string {
  return 'rwxrwxrwx'.replaceAll(/./g, (letter, index: number) => ((mode >> (8 - index)) & 1 ? letter : '-'))
}

async function answerFile(
  pathname: string,
  page: string | undefined,
  send: (status: number, type: string, text: string) => void,
): Promise<void> {
  const type = /\.m?js$/.test(pathname) ? 'text/javascript' : 'text/html; charset=utf-8'
  if (page !== undefined) {
    send(200, type, page)
    return
  }
  const text = await readFile(path.join(root, pathname), 'utf8').catch(() => undefined)
  if (text === undefined) send(404, 'text/html', 'Not found')
  else send(200, type, text)
}

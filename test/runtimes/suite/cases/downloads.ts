import { FileNotFoundError, SandboxAPIError, SandboxConnectionError } from 'sandbox-sessions-sdk'
import type { Case, Context } from '../case.js'
import { equal, equalBytes, fails, holds, someBytes, thrownBy } from '../expect.js'

const small = someBytes(70_000)
const large = someBytes(5 * 1024 * 1024)

export const downloads: readonly Case[] = [
  {
    name: 'downloads as bytes, text, Blob and stream',
    run: async ({ session, newPath }) => {
      const path = newPath()
      await session.files.upload(path, small)
      const download = () => session.files.download(path, { verify: true })
      await equalBytes(await (await download()).bytes(), small, 'bytes()')
      const blob = await (await download()).blob()
      await equalBytes(new Uint8Array(await blob.arrayBuffer()), small, 'blob()')
      await equalBytes(await joined((await download()).stream()), small, 'stream()')
      await session.files.upload(path, 'Zwölf 🥊\n', { overwrite: true })
      equal(await (await download()).text(), 'Zwölf 🥊\n', 'text()')
    },
  },
  {
    name: 'downloads 5 MiB, and tells how it gets on',
    run: async ({ session, newPath }) => {
      const path = newPath()
      await session.files.upload(path, large)
      let told: unknown
      const file = await session.files.download(path, {
        verify: true,
        onProgress: (progress) => void (told = progress),
      })
      equal(file.size, large.byteLength, 'the size')
      await equalBytes(await file.bytes(), large, 'the download')
      equal(told, { loaded: large.byteLength, total: large.byteLength }, 'what was told in the end')
    },
  },
  {
    name: 'downloads an empty file',
    run: async ({ session, newPath }) => {
      const path = newPath()
      await session.run(`: > ${path}`, { check: true })
      const file = await session.files.download(path, { verify: true })
      equal((await file.bytes()).byteLength, 0, 'the length')
    },
  },
  {
    name: 'a download goes on where its connection broke',
    run: async (context) => {
      const path = await uploaded(context, small)
      // Cut three times in a row, each after some more of it.
      const client = context.bent('cut-20000-3', { maxRetries: 5 })
      const file = await client.downloadFile(context.session.sessionId, path, { verify: true })
      await equalBytes(await file.bytes(), small, 'the download')
    },
  },
  {
    name: '[A1] a ranged download goes on within its range, or fails',
    run: async (context) => {
      const path = await uploaded(context, small.slice(0, 200))
      for (const [range, expected] of [
        ['bytes=100-149', small.slice(100, 150)],
        ['bytes=100-', small.slice(100, 200)],
        ['bytes=-60', small.slice(140, 200)],
      ] as const) {
        const client = context.bent('cut-30-1', { maxRetries: 5 })
        const download = async (): Promise<Uint8Array> => {
          const file = await client.downloadFile(context.session.sessionId, path, { headers: { range } })
          return await file.bytes()
        }
        // Either is right; other bytes with a success are what must never be.
        const outcome = await download().catch((error: unknown) => error)
        if (outcome instanceof Uint8Array) await equalBytes(outcome, expected, `what came for ${range}`)
        else holds(outcome instanceof SandboxAPIError, `The download failed with ${String(outcome)}`)
      }
    },
  },
  {
    name: '[A1] a ranged download whose connection holds is that range',
    run: async ({ session, newPath }) => {
      const path = newPath()
      await session.files.upload(path, small)
      const file = await session.files.download(path, { headers: { range: 'bytes=100-149' } })
      await equalBytes(await file.bytes(), small.slice(100, 150), 'the range')
    },
  },
  {
    name: 'a download that can’t go on is an error, never a short file',
    run: async (context) => {
      const path = await uploaded(context, small)
      const client = context.bent('cut-20000-1', { maxRetries: 0 })
      const file = await client.downloadFile(context.session.sessionId, path)
      await fails(() => file.bytes(), SandboxConnectionError, 'the download')
    },
  },
  {
    name: 'a download that is left lets go of its connection',
    run: async ({ client, session, newPath }) => {
      const path = newPath()
      await session.files.upload(path, large)
      for (let round = 0; round < 3; round += 1) {
        const file = await client.downloadFile(session.sessionId, path)
        for await (const chunk of file.stream()) {
          holds(chunk.byteLength > 0, 'A chunk is empty')
          break
        }
        const other = await client.downloadFile(session.sessionId, path)
        await other.cancel()
      }
      equal((await session.run('echo done')).stdout, 'done\n', 'the output afterwards')
    },
  },
  {
    name: 'a file that is not there',
    run: async ({ session }) => {
      const error = await thrownBy(() => session.files.download('not/there'), 'the download')
      holds(error instanceof FileNotFoundError, `The download failed with ${String(error)}`)
    },
  },
]

async function uploaded({ session, newPath }: Context, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const path = newPath()
  await session.files.upload(path, bytes)
  return path
}

async function joined(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  for await (const part of stream) parts.push(part)
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

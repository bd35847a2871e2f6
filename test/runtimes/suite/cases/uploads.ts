import { ConflictError, SandboxAPIError, SandboxValidationError, type UploadContent } from 'sandbox-sessions-sdk'
import type { Case, Context } from '../case.js'
import { equal, equalBytes, fails, holds, holdsInSession, someBytes } from '../expect.js'
import { callUntyped } from '../untyped.js'

const mebibytes = 1024 * 1024
const text = 'Zwölf Boxkämpfer 🥊\n'
const textBytes = new TextEncoder().encode(text)
const small = someBytes(70_000)
const large = someBytes(5 * mebibytes)

interface Kind {
  readonly name: string
  readonly bytes: Uint8Array
  readonly make: () => UploadContent
  /** A stream has no size that could be known before its end. */
  readonly isStream?: boolean
}

const kinds: readonly Kind[] = [
  { name: 'a string', bytes: textBytes, make: () => text },
  { name: 'an empty string', bytes: new Uint8Array(), make: () => '' },
  { name: 'a Blob', bytes: small, make: () => new Blob([small]) },
  { name: 'a part of a Blob', bytes: small.slice(10, 60_000), make: () => new Blob([small]).slice(10, 60_000) },
  { name: 'an empty Blob', bytes: new Uint8Array(), make: () => new Blob([]) },
  { name: 'a File', bytes: small, make: () => new File([small], 'name', { type: 'text/plain' }) },
  { name: 'an ArrayBuffer', bytes: small, make: () => small.slice().buffer },
  { name: 'a Uint8Array', bytes: small, make: () => small },
  { name: 'an empty Uint8Array', bytes: new Uint8Array(), make: () => new Uint8Array() },
  { name: 'a view of a part', bytes: small.slice(1000, 3000), make: () => small.subarray(1000, 3000) },
  { name: 'a view of other numbers', bytes: small.slice(8, 1008), make: () => new Float64Array(small.buffer, 8, 125) },
  { name: 'a stream', bytes: small, make: () => streamOf(pieces(small)), isStream: true },
  { name: 'an empty stream', bytes: new Uint8Array(), make: () => streamOf([]), isStream: true },
  { name: 'a byte stream', bytes: small, make: () => byteStreamOf(pieces(small)), isStream: true },
  { name: 'the body of a Response', bytes: small, make: () => bodyOf(small), isStream: true },
  { name: 'an async iterable of bytes', bytes: small, make: () => iterate(pieces(small)), isStream: true },
  { name: 'an async iterable of strings', bytes: textBytes, make: () => iterate(Array.from(text)), isStream: true },
  { name: 'an empty async iterable', bytes: new Uint8Array(), make: () => iterate([]), isStream: true },
  { name: '5 MiB of bytes', bytes: large, make: () => large },
  { name: '5 MiB of a Blob', bytes: large, make: () => new Blob([large]) },
  { name: '5 MiB of a stream', bytes: large, make: () => streamOf(pieces(large)), isStream: true },
  { name: '5 MiB of an async iterable', bytes: large, make: () => iterate(pieces(large)), isStream: true },
]

export const uploads: readonly Case[] = [
  ...kinds.map(({ name, bytes, make, isStream = false }) => ({
    name: `[A2] uploads ${name}`,
    run: (context: Context) => uploadsRight(context, bytes, make(), isStream),
  })),
  {
    name: '[A2] uploads a Buffer, where there is one',
    run: async (context) => {
      const { Buffer: buffers } = globalThis
      // A browser has none, and no promise is made for one.
      if (typeof buffers === 'undefined') return
      // A short one is a view of a pool that it shares with others.
      await uploadsRight(context, textBytes, buffers.from(text), false)
    },
  },
  {
    name: '[A6] uploads strings that cut a surrogate pair',
    run: async (context) => {
      const cut = ['a\ud83e', '\udd4ab', '', '\ud83e', '', '\udd4a']
      await uploadsRight(context, new TextEncoder().encode('a🥊b🥊'), iterate(cut), true)
    },
  },
  {
    name: '[A6] uploads strings and bytes in turn',
    run: async (context) => {
      const mixed = ['é', new Uint8Array([0xff, 0x00]), '🥊']
      await uploadsRight(context, new Uint8Array([0xc3, 0xa9, 0xff, 0, 0xf0, 0x9f, 0xa5, 0x8a]), iterate(mixed), true)
    },
  },
  {
    name: '[A2] the size that the server reports is compared',
    run: async ({ bent, session, newPath }) => {
      const client = bent('size-off-by-one')
      for (const verify of [false, true]) {
        for (const content of [text, small, new Blob([small])]) {
          const upload = () => client.uploadFile(session.sessionId, { path: newPath() }, content, { verify })
          await fails(upload, SandboxAPIError, `an upload whose size is reported wrong (verify: ${verify})`)
        }
        const stream = () => client.uploadFile(session.sessionId, { path: newPath() }, iterate(['a']), { verify })
        await fails(stream, SandboxAPIError, `a streamed upload whose size is reported wrong (verify: ${verify})`)
      }
    },
  },
  {
    name: '[A2] a checksum that differs is an error',
    run: async ({ bent, session, newPath }) => {
      const client = bent('other-checksum')
      const upload = () => client.uploadFile(session.sessionId, { path: newPath() }, small, { verify: true })
      await fails(upload, SandboxAPIError, 'an upload whose checksum is reported wrong')
    },
  },
  {
    name: '[A4] upload takes a mode',
    run: async ({ session, newPath }) => {
      const path = newPath()
      await session.files.upload(path, '#!/bin/sh\necho works\n', { mode: 0o750 })
      const { stdout } = await session.run(`stat -c %a ${path} && ./${path}`, { check: true })
      equal(stdout, '750\nworks\n', 'the mode and the output')
    },
  },
  {
    name: 'an upload never replaces without overwrite',
    run: async ({ session, newPath }) => {
      const path = newPath()
      await session.files.upload(path, 'old')
      await fails(() => session.files.upload(path, 'new'), ConflictError, 'the second upload')
      await holdsInSession(session, path, new TextEncoder().encode('old'))
      await session.files.upload(path, 'new', { overwrite: true })
      await holdsInSession(session, path, new TextEncoder().encode('new'))
    },
  },
  {
    name: 'what holds no bytes is refused',
    run: async ({ client, session, newPath }) => {
      for (const content of [5, {}, null, ['a'], new URLSearchParams('a=b'), 'a\ud83e']) {
        const upload = async () => callUntyped(client, 'uploadFile', session.sessionId, { path: newPath() }, content)
        await fails(upload, SandboxValidationError, `an upload of ${JSON.stringify(content)}`)
      }
      await fails(
        async () => callUntyped(session.files, 'upload', newPath(), iterate([5])),
        SandboxValidationError,
        'an upload of numbers',
      )
    },
  },
  {
    name: 'what a source throws comes out as it is, and leaves no file',
    run: async ({ session, newPath }) => {
      const path = newPath()
      const problem = new Error('The source failed.')
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(small)
        throw problem
      }
      const thrown = await session.files.upload(path, failing()).catch((error: unknown) => error)
      holds(thrown === problem, `The upload failed with ${String(thrown)}`)
      equal(await session.files.exists(path), false, 'whether the file is there')
    },
  },
]

async function uploadsRight(
  { session, newPath }: Context,
  bytes: Uint8Array,
  content: UploadContent,
  isStream: boolean,
): Promise<void> {
  const path = newPath()
  const told: { loaded: number; total: number | undefined }[] = []
  const onProgress = (progress: (typeof told)[number]): void => void told.push({ ...progress })
  const info = await session.files.upload(path, content, { verify: true, onProgress })
  equal(info.size, bytes.byteLength, 'the size that the server reports')
  await holdsInSession(session, path, bytes)
  if (bytes.byteLength > 0) {
    equal(told.at(-1)?.loaded, bytes.byteLength, 'what was told as sent in the end')
    for (const { total } of told) equal(total, isStream ? undefined : bytes.byteLength, 'the total that was told')
  }
  const back = await session.files.download(path, { verify: true })
  await equalBytes(await back.bytes(), bytes, 'the download')
}

function pieces(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = []
  // Of a length that no buffer has.
  for (let at = 0; at < bytes.byteLength; at += 60_001) found.push(bytes.slice(at, at + 60_001))
  return found
}

function streamOf(parts: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...parts]
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const part = left.shift()
      if (part === undefined) controller.close()
      else controller.enqueue(part)
    },
  })
}

function byteStreamOf(parts: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...parts]
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const part = left.shift()
      if (part === undefined) {
        controller.close()
        controller.byobRequest?.respond(0)
      } else controller.enqueue(new Uint8Array(part))
    },
  })
}

function bodyOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  const { body } = new Response(bytes)
  if (body === null) throw new Error('The response has no body')
  return body
}

async function* iterate<Item>(items: Iterable<Item>): AsyncGenerator<Item, void, undefined> {
  for (const item of items) yield await Promise.resolve(item)
}

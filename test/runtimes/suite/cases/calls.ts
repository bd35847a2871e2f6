import {
  SandboxAPIError,
  SandboxConnectionError,
  SandboxOperationError,
  SandboxTimeoutError,
  SandboxValidationError,
  SessionNotFoundError,
  UnauthorizedError,
} from 'sandbox-sessions-sdk'
import type { Case } from '../case.js'
import { equal, eventually, fails, holds, someBytes, thrownBy } from '../expect.js'

const unknownId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'

export const calls: readonly Case[] = [
  {
    name: 'errors by their class',
    run: async ({ client, connect }) => {
      const error = await thrownBy(() => client.getSession(unknownId), 'asking for a session that is not there')
      if (!(error instanceof SessionNotFoundError)) throw new Error(`It failed with ${String(error)}`)
      equal([error.statusCode, error.errorCode], [404, 'SESSION_NOT_FOUND'], 'the status and the code')
      holds((error.requestId ?? '').length > 0, 'There is no request id')
      const stranger = connect({ bearerToken: 'not-the-token' })
      await fails(() => stranger.getSession(unknownId), UnauthorizedError, 'a call with a wrong token')
      await fails(() => client.getSession('no id'), SandboxValidationError, 'a call with no id')
      await fails(() => client.createSession({ ttl: 1 }), SandboxValidationError, 'a lifetime that is too short')
    },
  },
  {
    name: 'answers that are none',
    run: async ({ bent }) => {
      const options = { maxRetries: 0 }
      await fails(() => bent('html', options).getSession(unknownId), SandboxOperationError, 'a status with HTML')
      await fails(() => bent('empty', options).getSession(unknownId), SandboxConnectionError, 'an empty answer')
      await fails(() => bent('other-json', options).getSession(unknownId), SandboxConnectionError, 'another JSON')
      await fails(() => bent('hang-up', options).getSession(unknownId), SandboxConnectionError, 'no answer at all')
      await fails(() => bent('redirect', options).getSession(unknownId), SandboxAPIError, 'a redirect')
    },
  },
  {
    name: 'a server that is not there',
    run: async ({ connect }) => {
      // Nothing listens at port 1, nor may a browser ask.
      const client = connect({ apiUrl: 'http://127.0.0.1:1/v1', maxRetries: 0 })
      await fails(() => client.getSession(unknownId), SandboxConnectionError, 'a refused connection')
    },
  },
  {
    name: 'a deadline ends what never answers',
    run: async ({ bent, session, newPath }) => {
      const client = bent('silent', { timeoutMs: 200, maxRetries: 0 })
      const id = session.sessionId
      await fails(() => client.getSession(id), SandboxTimeoutError, 'a call without an answer')
      await fails(() => client.downloadFile(id, 'a'), SandboxTimeoutError, 'a download without an answer')
      await fails(
        () => client.streamCommand(id, { command: 'true' }, { timeoutMs: 200 }).result,
        SandboxTimeoutError,
        'a silent stream',
      )
      const upload = () => client.uploadFile(id, { path: newPath() }, someBytes(1000))
      await fails(upload, SandboxTimeoutError, 'an upload without an answer')
    },
  },
  {
    name: 'the caller’s signal ends a call, with its own reason',
    run: async ({ bent, session, newPath }) => {
      const client = bent('silent')
      const id = session.sessionId
      const aborted = AbortSignal.abort(new Error('before'))
      const before = await thrownBy(() => client.getSession(id, { signal: aborted }), 'a call with an aborted signal')
      holds(before === aborted.reason, `It failed with ${String(before)}`)
      const attempts = [
        (signal: AbortSignal) => client.getSession(id, { signal }),
        (signal: AbortSignal) => client.executeCommand(id, { command: 'true' }, { signal }),
        (signal: AbortSignal) => client.uploadFile(id, { path: newPath() }, 'text', { signal }),
        (signal: AbortSignal) => client.downloadFile(id, 'a', { signal }),
      ]
      for (const attempt of attempts) {
        const controller = new AbortController()
        const reason = new Error('enough')
        const call = attempt(controller.signal)
        setTimeout(() => controller.abort(reason), 20)
        const error = await thrownBy(() => call, 'a call that was aborted')
        holds(error === reason, `It failed with ${String(error)}`)
      }
    },
  },
  {
    name: '[A2] an abort in the middle of a transfer',
    run: async ({ session, newPath }) => {
      const path = newPath()
      const content = someBytes(5 * 1024 * 1024)
      await session.files.upload(path, content)
      const controller = new AbortController()
      const reason = new Error('enough')
      const file = await session.files.download(path, {
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      })
      const error = await thrownBy(() => file.bytes(), 'a download that was aborted')
      holds(error === reason, `The download failed with ${String(error)}`)

      const other = newPath()
      const second = new AbortController()
      const pieces = 2000
      let read = 0
      let left = false
      async function* source(): AsyncGenerator<Uint8Array> {
        try {
          // More than is on its way at a time; an end, since what reads on after the abort would never come to another.
          for (; read < pieces; read += 1) {
            yield await Promise.resolve(content.subarray(0, 65_536))
            second.abort(reason)
          }
        } finally {
          left = true
        }
      }
      const upload = () => session.files.upload(other, source(), { signal: second.signal })
      const thrown = await thrownBy(upload, 'an upload that was aborted')
      holds(thrown === reason, `The upload failed with ${String(thrown)}`)
      await eventually(async () => left)
      holds(read < pieces, 'The source was read to its end after the abort')
      equal(await session.files.exists(other), false, 'whether a part of the file is there')
    },
  },
  {
    name: 'listings, a page and all',
    run: async ({ session, newPath }) => {
      const folder = newPath()
      await session.run(`mkdir ${folder} && cd ${folder} && touch $(seq 450)`, { check: true })
      const page = await session.files.list(folder, { limit: 10 })
      equal([page.files.length, page.total], [10, 450], 'the page and the total')
      let count = 0
      for await (const file of session.files.list(folder)) count += file.path.startsWith(folder) ? 1 : 0
      equal(count, 450, 'the files')
    },
  },
  {
    name: 'a session is deleted at the end of its block',
    run: async ({ client }) => {
      const session = await client.createSession({ ttl: 60 })
      equal((await session.run('echo 1')).stdout, '1\n', 'the output')
      await session[Symbol.asyncDispose]()
      await session[Symbol.asyncDispose]()
      await fails(() => session.refresh(), SessionNotFoundError, 'asking for a deleted session')
    },
  },
]

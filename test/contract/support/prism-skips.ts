/**
 * What Prism can't carry as a validating proxy. Our own checker sees it all the same: it stands in front of the server, not of
 * Prism. Each entry is tried by a test, and has to go when Prism carries it.
 */
import { randomUUID } from 'node:crypto'
import { mediaTypeOf, type RecordedRequest, type SpecChecker } from 'sandbox-sessions-openapi'

export interface PrismSkip {
  readonly name: string
  readonly reason: string
  /** Whether the request is such a one. Its body is there unless it is bytes. */
  readonly matches: (request: RecordedRequest, checker: SpecChecker) => boolean
  /** Sends such a request through Prism, and tells whether all went as it does without Prism. */
  readonly isPassable: (ground: ProbeGround) => Promise<boolean>
}

/** The server, by itself and with Prism in front of it. */
export interface ProbeGround {
  /** Each with the base path that it has. */
  readonly direct: string
  readonly prism: string
  readonly token: string
  /** Of a session in which the probes may do what they like. */
  readonly sessionId: string
}

const everyByte = Uint8Array.from({ length: 4096 }, (_, index) => index & 0xff)

export const prismSkips: readonly PrismSkip[] = [
  {
    name: 'bytes that are uploaded',
    reason: 'Prism reads every body as text: what is not UTF-8 arrives as replacement characters.',
    matches: (request, { spec }) => isUpload(request, spec, 'application/octet-stream'),
    isPassable: async (ground) => {
      const headers = { 'content-type': 'application/octet-stream' }
      return await isStored(ground, { headers, body: everyByte })
    },
  },
  {
    name: 'forms that are uploaded',
    reason: 'Prism reads every body as text, and a form with a part of bytes is garbled.',
    matches: (request, { spec }) => isUpload(request, spec, 'multipart/form-data'),
    isPassable: async (ground) => {
      const body = new FormData()
      body.set('file', new Blob([everyByte]), 'bytes')
      return await isStored(ground, { body })
    },
  },
  {
    name: 'bytes that are downloaded',
    reason: 'Prism reads every answer as text: 4096 bytes became 7447, with status 200.',
    matches: (request, { spec }) => operationId(request, spec) === 'downloadFile',
    isPassable: async (ground) => {
      const target = `/sessions/${ground.sessionId}/files?path=${randomUUID()}`
      const headers = { 'content-type': 'application/octet-stream' }
      await call(ground, 'direct', 'POST', target, { headers, body: everyByte })
      const answer = await call(ground, 'prism', 'GET', target.replace('path=', 'filePath='))
      return areEqual(await answer.arrayBuffer())
    },
  },
  {
    name: 'event streams',
    reason: 'Prism reads every answer to its end before it passes anything on.',
    matches: ({ headers }) => headers.get('accept')?.includes('text/event-stream') === true,
    isPassable: async (ground) => {
      // Only who hears of the first line while the command runs can let it end before its timeout.
      const go = randomUUID()
      const command = `echo first; until [ -e ${go} ]; do sleep 0.1; done; echo last`
      const answer = await call(ground, 'prism', 'POST', `/sessions/${ground.sessionId}/commands`, {
        headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
        body: JSON.stringify({ command, timeout: 5 }),
      })
      const decoder = new TextDecoder()
      const reader = answer.body?.getReader()
      const first = decoder.decode((await reader?.read())?.value)
      const headers = { 'content-type': 'application/octet-stream' }
      await call(ground, 'direct', 'POST', `/sessions/${ground.sessionId}/files?path=${go}`, {
        headers,
        body: everyByte,
      })
      let rest = ''
      for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
        rest += decoder.decode(part.value)
      }
      return first.includes('first') && rest.includes('last')
    },
  },
  {
    name: 'paths and methods that are no operation',
    reason: 'Prism answers them itself, so that the answer of the server would not be seen.',
    matches: (request, { spec }) => operationId(request, spec) === undefined,
    isPassable: async (ground) => await isSame(ground, 'PUT', '/sessions', {}),
  },
  {
    name: 'requests that the spec forbids',
    reason: 'Prism refuses them itself, so that the answer of the server would not be seen.',
    matches: (request, checker) => checker.checkRequest(request).some(({ kind }) => kind === 'invalid'),
    isPassable: async (ground) => {
      const headers = { 'content-type': 'application/json' }
      const answers = [
        await isSame(ground, 'POST', '/sessions', { headers, body: '{"ttl":1}' }),
        await isSame(ground, 'GET', '/sessions?limit=0', {}),
        await isSame(ground, 'GET', '/sessions', { headers: { authorization: '' } }),
      ]
      return answers.every(Boolean)
    },
  },
  {
    name: 'malformed request ids',
    reason: 'Prism refuses the request; a server puts an id of its own in place of them.',
    matches: (request, checker) =>
      checker.checkRequest(request).some(({ message }) => message.startsWith('header parameter X-Request-Id')),
    isPassable: async (ground) =>
      await isSame(ground, 'GET', '/sessions', { headers: { 'x-request-id': 'x'.repeat(200) } }),
  },
]

/** The entry that keeps a request away from Prism, if there is one. */
export function skipOf(request: RecordedRequest, checker: SpecChecker): PrismSkip | undefined {
  return prismSkips.find(({ matches }) => matches(request, checker))
}

/** Whether a file arrives through Prism as it was sent. */
async function isStored(ground: ProbeGround, init: RequestInit): Promise<boolean> {
  const target = `/sessions/${ground.sessionId}/files?path=${randomUUID()}`
  const { ok } = await call(ground, 'prism', 'POST', target, init)
  const stored = await call(ground, 'direct', 'GET', target.replace('path=', 'filePath='))
  return ok && areEqual(await stored.arrayBuffer())
}

/** Whether Prism passes on what the server answers. */
async function isSame(ground: ProbeGround, method: string, target: string, init: RequestInit): Promise<boolean> {
  const [expected, got] = await Promise.all(
    (['direct', 'prism'] as const).map(async (way) => {
      const answer = await call(ground, way, method, target, init)
      const body: unknown = await answer.json()
      return { status: answer.status, code: typeof body === 'object' && body !== null && 'error' in body && body.error }
    }),
  )
  return expected?.status === got?.status && expected?.code === got?.code
}

async function call(
  ground: ProbeGround,
  way: 'direct' | 'prism',
  method: string,
  target: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers({ authorization: `Bearer ${ground.token}` })
  new Headers(init.headers).forEach((value, name) => headers.set(name, value))
  return await fetch(ground[way] + target, { ...init, method, headers })
}

function areEqual(bytes: ArrayBuffer): boolean {
  return Buffer.from(bytes).equals(everyByte)
}

function isUpload(request: RecordedRequest, spec: SpecChecker['spec'], mediaType: string): boolean {
  return operationId(request, spec) === 'uploadFile' && mediaTypeOf(request.headers) === mediaType
}

function operationId({ method, target }: RecordedRequest, spec: SpecChecker['spec']): string | undefined {
  return spec.match(method, target.split('?')[0] ?? '')?.operation.id
}

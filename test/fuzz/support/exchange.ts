import { Agent, request as sendRequest } from 'node:http'
import type { Exchange } from 'sandbox-sessions-openapi'
import type { WireRequest } from './draft.js'

/** How an attempt ended. */
export type Outcome =
  | { readonly kind: 'answer'; readonly exchange: Exchange }
  /** The connection ended, or nothing came in time. */
  | { readonly kind: 'no answer'; readonly reason: string }

/** Longer than anything here takes by right: a hang. */
const deadlineMs = 20_000

/** Sends requests as they are, broken ones too, and reads each answer to its end. */
export class RawClient {
  readonly #base: URL
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 })

  /** @param url - with the base path. */
  constructor(url: string) {
    this.#base = new URL(url)
  }

  async send(wire: WireRequest): Promise<Outcome> {
    const { method, target, body, headers } = wire
    return await new Promise<Outcome>((resolve) => {
      const fail = (reason: string): void => {
        clearTimeout(timer)
        resolve({ kind: 'no answer', reason })
      }
      const request = sendRequest({
        agent: this.#agent,
        host: this.#base.hostname,
        port: this.#base.port,
        method,
        path: `${this.#base.pathname}${target}`,
        // As a list, so that one can be there twice.
        headers: this.#framed(wire).flat(),
      })
      const timer = setTimeout(() => {
        fail(`nothing came within ${deadlineMs} ms`)
        request.destroy()
      }, deadlineMs)
      request.on('error', (error) => fail(`the connection broke: ${error.message}`))
      request.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', (error) => fail(`the connection broke within the answer: ${error.message}`))
        response.on('end', () => {
          clearTimeout(timer)
          const { statusCode = 0, rawHeaders } = response
          resolve({
            kind: 'answer',
            exchange: {
              // HEAD is GET without the body.
              request: {
                method: method === 'HEAD' ? 'GET' : method,
                target,
                headers: headersOf(headers),
                body: body ?? new Uint8Array(),
              },
              response: {
                status: statusCode,
                headers: headersOf(pairsOf(rawHeaders)),
                body: method === 'HEAD' ? undefined : Buffer.concat(chunks),
              },
            },
          })
        })
      })
      if (wire.delivery !== 'cut off') {
        request.end(body)
        return
      }
      request.on('socket', (socket) => {
        const cut = (): void => void request.write(body?.subarray(0, body.length / 2), () => socket.destroy())
        if (socket.connecting) socket.once('connect', cut)
        else cut()
      })
    })
  }

  close(): void {
    this.#agent.destroy()
  }

  #framed({ method, headers, body, delivery }: WireRequest): [string, string][] {
    const length = body?.length ?? 0
    const takesBody = ['POST', 'PUT', 'PATCH'].includes(method) || length > 0
    const framing: [string, string][] =
      delivery === 'chunked' && length > 0
        ? [['transfer-encoding', 'chunked']]
        : takesBody
          ? [['content-length', String(length)]]
          : []
    return [['host', this.#base.host], ...headers.map(([name, value]): [string, string] => [name, value]), ...framing]
  }
}

/** A line for a shell that sends the same again. */
export function asCommand(url: string, { method, target, headers, body, delivery }: WireRequest): string {
  const options = headers.map(([name, value]) => `-H ${quote(value === '' ? `${name};` : `${name}: ${value}`)}`)
  if (delivery === 'chunked') options.push("-H 'transfer-encoding: chunked'")
  const line = ['curl -sSi --path-as-is -X', method, ...options, quote(url + target)]
  if (body === undefined || body.length === 0) return line.join(' ')
  const note = delivery === 'cut off' ? ' # cut off after half of it' : ''
  if (body.length > 6_000) return `${line.join(' ')} --data-binary @${body.length}-bytes${note}`
  return `echo ${Buffer.from(body).toString('base64')} | base64 -d | ${line.join(' ')} --data-binary @-${note}`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function headersOf(pairs: Iterable<readonly [string, string]>): Headers {
  const headers = new Headers()
  for (const [name, value] of pairs) headers.append(name, value)
  return headers
}

function* pairsOf(raw: readonly string[]): Generator<[string, string]> {
  for (let index = 0; index + 1 < raw.length; index += 2) yield [raw[index] ?? '', raw[index + 1] ?? '']
}

/** Which failures tell that nothing of a request was sent. The shapes are those of Node, Bun and Deno, as they were seen. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nothingWasSent } from '../../src/transport/not-sent.js'

interface Shape {
  readonly message?: string
  readonly code?: string
  readonly syscall?: string
}

function errorOf({ message = 'x', ...properties }: Shape, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), properties)
}

/** What `fetch` itself throws says nothing; its cause does. */
function failed(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause })
}

const refused = errorOf({ code: 'ECONNREFUSED', syscall: 'connect' })
const noRoute = errorOf({ code: 'EHOSTUNREACH', syscall: 'connect' })
const reset = errorOf({ code: 'ECONNRESET', syscall: 'read', message: 'read ECONNRESET' })

const before: [string, unknown][] = [
  ['refused', refused],
  ['an unknown host', errorOf({ code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
  ['no answer of the name server', errorOf({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' })],
  ['no route', noRoute],
  ['no network', errorOf({ code: 'ENETUNREACH', syscall: 'connect' })],
  ['a connect that took too long', errorOf({ code: 'ETIMEDOUT', syscall: 'connect' })],
  ['undici’s own limit of a connect', errorOf({ code: 'UND_ERR_CONNECT_TIMEOUT', message: 'Connect Timeout Error' })],
  ['every address of a host refused', new AggregateError([refused, noRoute])],
  ['a certificate that is not trusted', errorOf({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })],
  ['a certificate of another name', errorOf({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })],
  ['no common version of TLS', errorOf({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' })],
  [
    'a handshake that was broken off',
    errorOf({
      code: 'ECONNRESET',
      message: 'Client network socket disconnected before secure TLS connection was established',
    }),
  ],
  ['a proxy that refused', errorOf({ message: 'Proxy response (407) !== 200 when HTTP Tunneling' })],
  ['Bun: refused', errorOf({ code: 'ECONNREFUSED', message: 'ECONNREFUSED: Unable to connect. Is …?' })],
  ['Bun: no route', errorOf({ code: 'EHOSTUNREACH', message: 'EHOSTUNREACH: Unable to connect. Is …?' })],
  ['an older Bun: refused', errorOf({ code: 'ConnectionRefused', message: 'Unable to connect. Is …?' })],
  ['an older Bun: no socket', errorOf({ code: 'FailedToOpenSocket' })],
  [
    'Deno: refused',
    errorOf({
      message:
        'error sending request for url (http://127.0.0.1:1/x): client error (Connect): tcp connect error: Connection refused (os error 111)',
    }),
  ],
]
const open: [string, unknown][] = [
  ['a reset', reset],
  ['a reset, seen by the connect', errorOf({ code: 'ECONNRESET', syscall: 'connect' })],
  ['a closed socket', errorOf({ code: 'UND_ERR_SOCKET', message: 'other side closed' })],
  ['a timeout of a read', errorOf({ code: 'ETIMEDOUT', syscall: 'read' })],
  ['no route in the middle', errorOf({ code: 'EHOSTUNREACH', syscall: 'write' })],
  ['a broken pipe', errorOf({ code: 'EPIPE', syscall: 'write' })],
  ['undici’s limit of a head', errorOf({ code: 'UND_ERR_HEADERS_TIMEOUT' })],
  ['a record of TLS that makes no sense', errorOf({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' })],
  ['a certificate that the server wants', errorOf({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' })],
  ['addresses, of which one may have been reached', new AggregateError([refused, reset])],
  ['no address at all', new AggregateError([])],
  ['a browser', new TypeError('Failed to fetch')],
  ['Bun: a reset', errorOf({ code: 'ECONNRESET', message: 'ECONNRESET: The socket connection was closed …' })],
  ['Deno: a reset', errorOf({ message: 'Connection reset by peer (os error 104)' })],
  ['a text', 'ECONNREFUSED'],
  ['nothing', undefined],
]

describe('[B8] nothing was sent, and all may be tried again', () => {
  test.each(before)('%s', (_, error) => {
    expect(nothingWasSent(error)).toBe(true)
    expect(nothingWasSent(failed(error))).toBe(true)
  })
})

describe('[B8] something may have been sent, and nothing is sent twice', () => {
  test.each(open)('%s', (_, error) => {
    expect(nothingWasSent(error)).toBe(false)
    expect(nothingWasSent(failed(error))).toBe(false)
  })

  test('in every error that holds none of the others, however deep', () => {
    const leaf = fc.constantFrom(...open.map(([, error]) => error))
    const tree = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('node'), { maxLength: 3 }).map((errors) => new AggregateError(errors)),
        tie('node').map(failed),
      ),
    })).node
    fc.assert(
      fc.property(tree, (error) => {
        expect(nothingWasSent(error)).toBe(false)
      }),
    )
  })

  test('in an error that is its own cause', () => {
    const circle = new Error('x')
    circle.cause = circle
    expect(nothingWasSent(circle)).toBe(false)
  })
})

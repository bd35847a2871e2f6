/**
 * Whether a failed attempt ended before any part of it was sent: then it can't have run, and may be made again, whatever it
 * does. An error that leaves this open (a reset, a closed socket, another timeout) does not count.
 */
export function nothingWasSent(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > deepest) return false
  if (isBeforeSending(error)) return true
  // One for each address of a host that was tried.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.every((each) => nothingWasSent(each, depth + 1))
  }
  return nothingWasSent(error.cause, depth + 1)
}

const deepest = 10
/** Node's names for the steps that come before there is a connection. */
const callsBefore: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo', 'queryA', 'queryAaaa'])
const codesBefore: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  // Bun, before it took Node's names.
  'ConnectionRefused',
  'FailedToOpenSocket',
  // The certificate is looked at before the first byte of a request.
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  // The TLS handshake failed.
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
])
const messagesBefore = [
  // Node: the other side hung up during the handshake. Its code is ECONNRESET, which alone says nothing.
  /^Client network socket disconnected before secure TLS connection was established/,
  // undici: the proxy made no tunnel.
  /^Proxy response \(\d+\)/,
  // Deno: DNS, TCP and TLS are steps of its connector.
  /: client error \(Connect\): /,
  // Bun: no route to the host.
  /^E[A-Z]+: Unable to connect\./,
]

function isBeforeSending(error: Error): boolean {
  const code: unknown = Reflect.get(error, 'code')
  const call: unknown = Reflect.get(error, 'syscall')
  // A reset does not count at any step: whether it is reported for the connect or for a read depends on how fast the server is.
  const isStepBefore = callsBefore.has(call) && code !== 'ECONNRESET'
  return isStepBefore || codesBefore.has(code) || messagesBefore.some((each) => each.test(error.message))
}

const trust =
  "If the server is yours, give its CA's certificate to createNodeFetch of sandbox-sessions-sdk/node (as ca), or name its file in NODE_EXTRA_CA_CERTS."
const present =
  'The server wants a client certificate: give one to createNodeFetch of sandbox-sessions-sdk/node (cert, key).'

/** Advice for each error code of Node. */
const advice = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', trust],
  ['SELF_SIGNED_CERT_IN_CHAIN', trust],
  ['UNABLE_TO_GET_ISSUER_CERT', trust],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', trust],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', trust],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'Set apiUrl to a name that the certificate is for.'],
  ['CERT_HAS_EXPIRED', "Renew the server's certificate, or set the clock of this machine."],
  ['CERT_NOT_YET_VALID', "Wait for the server's certificate to become valid, or set the clock of this machine."],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', present],
  ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', present],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', present],
])

/** What to do about a failure whose message does not say so, with a space before it. */
export function advise(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error.message.startsWith('Proxy response (407)')) return " Put the proxy's user and password into its address."
  const code: unknown = Reflect.get(error, 'code')
  const known = typeof code === 'string' ? advice.get(code) : undefined
  return known === undefined ? '' : ` ${known}`
}

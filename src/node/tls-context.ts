import { X509Certificate } from 'node:crypto'
import { type SecureContext, createSecureContext } from 'node:tls'
import { SandboxValidationError } from '../errors.js'
import type { NodeFetchOptions, Pem } from './options.js'

/** The keys and certificates of a fetch, read once. */
export interface TlsContexts {
  readonly server: SecureContext
  /** Without the client's certificate, which is only for the API server. */
  readonly proxy: SecureContext
}

export function createTlsContexts(options: NodeFetchOptions): TlsContexts {
  const ca = pems('ca', 'CERTIFICATE', options.ca)
  const cert = pems('cert', 'CERTIFICATE', options.cert)
  const key = pems('key', 'PRIVATE KEY', options.key)
  const passphrase = checkPassphrase(options.passphrase)
  if ((cert === undefined) !== (key === undefined)) {
    const missing = cert === undefined ? 'cert' : 'key'
    throw new SandboxValidationError('cert and key are needed both: a certificate, and its private key.', missing)
  }
  // Node silently skips those that it can't read.
  for (const [name, texts] of Object.entries({ ca, cert })) texts?.forEach((text) => checkCertificate(name, text))
  const trust = ca === undefined ? {} : { ca }
  try {
    const own = cert === undefined || key === undefined ? {} : { cert, key }
    const secret = passphrase === undefined ? {} : { passphrase }
    return { server: createSecureContext({ ...trust, ...own, ...secret }), proxy: createSecureContext(trust) }
  } catch (error) {
    throw new SandboxValidationError(
      `key can't be used with cert and passphrase${reason(error)}. Is it the key of that certificate, and the passphrase its own?`,
      'key',
    )
  }
}

/** No part of a value is ever shown, since somebody may have passed a key in the wrong place. */
function pems(parameter: string, label: string, value: Pem | undefined): string[] | undefined {
  if (value === undefined) return undefined
  const texts: unknown[] = typeof value === 'string' || value instanceof Uint8Array ? [value] : Array.from(value)
  return texts.map((each) => {
    const text = each instanceof Uint8Array ? Buffer.from(each).toString('latin1') : each
    if (typeof text === 'string' && new RegExp(`-----BEGIN [A-Z0-9 ]*${label}-----`).test(text)) return text
    throw new SandboxValidationError(
      `${parameter} must be PEM text with a line -----BEGIN ${label}-----, or bytes of it (not the name of a file).`,
      parameter,
    )
  })
}

function checkCertificate(parameter: string, text: string): void {
  try {
    for (const [block] of text.matchAll(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----[^]*?(?:-----END|$)[^\n]*/g)) {
      new X509Certificate(block)
    }
  } catch (error) {
    throw new SandboxValidationError(`${parameter} holds a certificate that can't be read${reason(error)}.`, parameter)
  }
}

function checkPassphrase(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw new SandboxValidationError('passphrase must be a string.', 'passphrase')
}

/** OpenSSL's reason, for example "key values mismatch". It never quotes what was given. */
function reason(error: unknown): string {
  const words: unknown = error instanceof Error ? Reflect.get(error, 'reason') : undefined
  return typeof words === 'string' ? ` (${words})` : ''
}

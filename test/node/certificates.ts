/**
 * Certificates made in the test. @peculiar/x509, and not openssl: it is on every machine that can run the tests, and can make an
 * expired certificate (OpenSSL 3.0's commands can't without a CA database). It wants reflect-metadata.
 */
import 'reflect-metadata'
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'

/** As PEM. */
export interface Identity {
  readonly cert: string
  readonly key: string
}

export interface Authority extends Identity {
  readonly issue: (options?: Partial<Subject>) => Promise<Identity>
}

interface Subject {
  readonly name: string
  readonly hosts: readonly string[]
  readonly notBefore: Date
  readonly notAfter: Date
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const days = (count: number): Date => new Date(Date.now() + count * 24 * 3600_000)

/** A certificate of its own, for 127.0.0.1 and localhost. */
export async function selfSigned(): Promise<Identity> {
  return create(await newKeys(), subject({ name: 'self-signed' }))
}

export async function createAuthority(): Promise<Authority> {
  const keys = await newKeys()
  const own = { name: 'Test authority', hosts: [], notBefore: days(-30), notAfter: days(30) }
  const identity = await create(keys, own)
  return {
    ...identity,
    issue: async (options = {}) => create(await newKeys(), subject(options), { name: own.name, key: keys.privateKey }),
  }
}

export const past = { notBefore: days(-10), notAfter: days(-1) }
export const future = { notBefore: days(1), notAfter: days(10) }

function subject(options: Partial<Subject>): Subject {
  const hosts = ['127.0.0.1', 'localhost']
  return { name: 'Test server', hosts, notBefore: days(-1), notAfter: days(1), ...options }
}

async function create(
  keys: CryptoKeyPair,
  { name, hosts, notBefore, notAfter }: Subject,
  issuer?: { readonly name: string; readonly key: CryptoKey },
): Promise<Identity> {
  const alternatives = hosts.map((value) => ({ type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value }) as const)
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: `CN=${issuer?.name ?? name}`,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: issuer?.key ?? keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(issuer === undefined),
      ...(hosts.length > 0 ? [new SubjectAlternativeNameExtension(alternatives)] : []),
    ],
  })
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const key = `-----BEGIN PRIVATE KEY-----\n${der.replace(/.{1,64}/g, '$&\n')}-----END PRIVATE KEY-----\n`
  return { cert: certificate.toString('pem'), key }
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

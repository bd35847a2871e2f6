import { createPrivateKey } from 'node:crypto'
import { inspect } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { type NodeFetchOptions, createNodeFetch } from '../../src/node/index.js'
import { type Identity, selfSigned } from './certificates.js'

const secret = 'do-not-show-me'
let own: Identity
let other: Identity

beforeAll(async () => {
  own = await selfSigned()
  other = await selfSigned()
})

/** What is not of the declared type, as plain JavaScript would give it. */
function untyped(options: Record<string, unknown>): NodeFetchOptions {
  return Object.assign({}, options)
}

function refusal(options: NodeFetchOptions): unknown {
  try {
    createNodeFetch(options)
  } catch (error) {
    return error
  }
  throw new Error('It was not refused')
}

describe('refused, without showing what was given:', () => {
  test.each<[string, string, () => NodeFetchOptions]>([
    ['a file name as ca', 'ca', () => ({ ca: `/etc/${secret}.pem` })],
    ['a key as ca', 'ca', () => ({ ca: own.key })],
    ['a ca that is none', 'ca', () => ({ ca: pem('CERTIFICATE') })],
    ['a ca that breaks off', 'ca', () => ({ ca: own.cert.slice(0, 200) })],
    ['a number among ca', 'ca', () => untyped({ ca: [1] })],
    ['a cert that is none', 'cert', () => ({ cert: pem('CERTIFICATE'), key: own.key })],
    ['a cert without key', 'key', () => ({ cert: own.cert })],
    ['a key without cert', 'cert', () => ({ key: own.key })],
    ['a key that is none', 'key', () => ({ cert: own.cert, key: pem('PRIVATE KEY') })],
    ['a certificate as key', 'key', () => ({ cert: own.cert, key: own.cert })],
    ['the key of another certificate', 'key', () => ({ cert: own.cert, key: other.key })],
    [
      'an encrypted key with a wrong passphrase',
      'key',
      () => ({ cert: own.cert, key: encrypted(own), passphrase: secret }),
    ],
    ['an encrypted key without passphrase', 'key', () => ({ cert: own.cert, key: encrypted(own) })],
    ['a passphrase that is no string', 'passphrase', () => untyped({ passphrase: [secret] })],
    ['rejectUnauthorized that is no boolean', 'rejectUnauthorized', () => untyped({ rejectUnauthorized: 'false' })],
    ['no connections', 'connections', () => ({ connections: 0 })],
    ['a negative keepAliveMs', 'keepAliveMs', () => ({ keepAliveMs: -1 })],
    ['a proxy without scheme', 'proxy', () => ({ proxy: `user:${secret}@proxy.example:3128` })],
    ['a proxy of another scheme', 'proxy', () => ({ proxy: `socks5://user:${secret}@proxy.example` })],
    ['a proxy with a user alone', 'proxy', () => ({ proxy: `http://${secret}@proxy.example` })],
    ['a proxy with a password alone', 'proxy', () => ({ proxy: new URL(`http://:${secret}@proxy.example`) })],
    ['a proxy with a broken password', 'proxy', () => ({ proxy: `http://user:${secret}%@proxy.example` })],
    ['proxy: true', 'proxy', () => untyped({ proxy: true })],
  ])('%s', (_, parameter, options) => {
    const error = refusal(options())
    expect(error).toMatchObject({ name: 'SandboxValidationError', parameter })
    const shown = inspect(error, { depth: null, showHidden: true })
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(own.key.slice(40, 80))
  })
})

test('an encrypted key is decrypted', async () => {
  await using fetch = createNodeFetch({ cert: own.cert, key: encrypted(own), passphrase: 'right' })
  expect(fetch).toBeTypeOf('function')
})

test('nothing of the options shows on the fetch', async () => {
  await using fetch = createNodeFetch({ ...own, proxy: `http://user:${secret}@proxy.example` })
  const shown = inspect(fetch, { depth: null, showHidden: true })
  expect(shown).not.toContain(secret)
  expect(shown).not.toContain('PRIVATE')
})

function pem(label: string): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(secret).toString('base64')}\n-----END ${label}-----\n`
}

function encrypted({ key }: Identity): string {
  return createPrivateKey(key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' })
    .toString()
}

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose'
import { ApiError } from './api-error.js'

/** How JSON Web Tokens are checked. Exactly one of `secret` and `jwksUrl` is given. */
export interface JwtOptions {
  /** The shared secret of HS256 tokens. */
  readonly secret?: string
  /** Where the public keys of the issuer are. */
  readonly jwksUrl?: string
  /** What `aud` must hold; not checked by default. */
  readonly audience?: string
  /** What `iss` must be; not checked by default. */
  readonly issuer?: string
}

export interface AuthenticatorOptions {
  /** Static tokens and the user that each stands for. */
  readonly tokens: Readonly<Record<string, string>>
  readonly jwt?: JwtOptions | undefined
}

/** The algorithms that are accepted with a key set: public keys only, never a shared secret or none. */
const publicKeyAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/** Tells who asks, from a bearer token or an API key. */
export class Authenticator {
  readonly #tokens: readonly { readonly digest: Buffer; readonly user: string }[]
  readonly #verifyJwt: ((token: string) => Promise<string | undefined>) | undefined

  constructor({ tokens, jwt }: AuthenticatorOptions) {
    this.#tokens = Object.entries(tokens).map(([token, user]) => ({ digest: digestOf(token), user: `token:${user}` }))
    this.#verifyJwt = jwt && makeVerifier(jwt)
  }

  /**
   * Returns the user of a static token, or the `sub` of a JSON Web Token. They are kept apart, so that neither can pass for
   * the other.
   *
   * @throws {ApiError} 401 `UNAUTHORIZED`; 503 when the key set cannot be fetched.
   */
  async authenticate(headers: IncomingHttpHeaders): Promise<string> {
    const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
    const apiKey = headers['x-api-key']
    const user =
      this.#findStatic(bearer) ??
      (bearer === undefined ? undefined : await this.#verifyJwt?.(bearer)) ??
      this.#findStatic(typeof apiKey === 'string' ? apiKey : undefined)
    if (user !== undefined) return user
    const sent = headers.authorization !== undefined || apiKey !== undefined
    throw new ApiError(
      401,
      'UNAUTHORIZED',
      sent
        ? 'The credentials are wrong or expired. Send a valid token.'
        : 'Send a valid token as `Authorization: Bearer <token>` or as `X-API-Key: <token>`.',
      { headers: { 'WWW-Authenticate': sent ? 'Bearer error="invalid_token"' : 'Bearer' } },
    )
  }

  #findStatic(token: string | undefined): string | undefined {
    if (token === undefined) return undefined
    const digest = digestOf(token)
    let user: string | undefined
    // All digests have the same length and all are compared, so that the time taken reveals nothing about a token.
    for (const known of this.#tokens) if (timingSafeEqual(known.digest, digest)) user = known.user
    return user
  }
}

function makeVerifier({
  secret,
  jwksUrl,
  audience,
  issuer,
}: JwtOptions): (token: string) => Promise<string | undefined> {
  const options: JWTVerifyOptions = {
    requiredClaims: ['exp', 'sub'],
    algorithms: secret === undefined ? publicKeyAlgorithms : ['HS256'],
    ...(audience !== undefined && { audience }),
    ...(issuer !== undefined && { issuer }),
  }
  const getKey = keyOf(secret, jwksUrl)
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, getKey, options)
      return payload.sub ? `jwt:${payload.sub}` : undefined
    } catch (error) {
      if (isTokenFault(error)) return undefined
      throw new ApiError(503, 'CAPACITY_EXCEEDED', 'The keys that tokens are signed with cannot be fetched now.', {
        cause: error,
        headers: { 'Retry-After': '5' },
      })
    }
  }
}

function keyOf(secret: string | undefined, jwksUrl: string | undefined): JWTVerifyGetKey {
  if (secret !== undefined) {
    const key = new TextEncoder().encode(secret)
    return async () => key
  }
  if (jwksUrl === undefined) throw new Error('JSON Web Tokens need a secret or the URL of a key set.')
  return createRemoteJWKSet(new URL(jwksUrl))
}

function isTokenFault(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false
  // When jose can't fetch the key set, it throws an error with its general code.
  return error instanceof errors.JOSEError && error.code !== errors.JOSEError.code
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

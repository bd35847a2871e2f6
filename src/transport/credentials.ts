import { SandboxAPIError } from '../errors.js'
import { checkSecret } from '../internal/checks.js'
import type { Secret, Settings } from '../options.js'

/** The header that tells the server who is calling. */
export interface Credential {
  readonly name: 'authorization' | 'x-api-key'
  readonly value: string
}

/** The client's credentials: a token, a function that gives one, or an API key. */
export class Credentials {
  readonly #ask: (() => string | Promise<string>) | undefined
  #current: Credential | undefined
  /** The one request for a token that is under way, shared by all calls that wait for it. */
  #asking: Promise<Credential> | undefined

  constructor({ bearerToken, apiKey }: Settings) {
    if (typeof bearerToken === 'function') this.#ask = bearerToken
    else if (bearerToken !== undefined) this.#current = bearer(bearerToken)
    else if (apiKey !== undefined) this.#current = { name: 'x-api-key', value: apiKey }
  }

  /** A promise only where a function has to give the token; undefined where there are no credentials. */
  get(): Credential | Promise<Credential> | undefined {
    if (this.#current !== undefined || this.#ask === undefined) return this.#current
    this.#asking ??= askFor(this.#ask)
      .then((credential) => (this.#current = credential))
      .finally(() => (this.#asking = undefined))
    return this.#asking
  }

  /**
   * Says after a 401 whether there may be another credential than the refused one. Calls that are refused together then share
   * one request for a new token.
   */
  refuse(refused: Credential | undefined): boolean {
    // Undefined where the caller's own were sent.
    if (this.#ask === undefined || refused === undefined) return false
    if (this.#current === refused) this.#current = undefined
    return true
  }
}

function bearer(token: string): Credential {
  return { name: 'authorization', value: `Bearer ${token}` }
}

async function askFor(source: Exclude<Secret, string>): Promise<Credential> {
  let token: unknown
  try {
    token = await source()
  } catch (cause) {
    throw new SandboxAPIError('The bearerToken function failed; its error is the cause.', { cause })
  }
  return bearer(checkSecret('bearerToken', token))
}

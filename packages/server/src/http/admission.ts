import type { IncomingHttpHeaders } from 'node:http'
import type { Authenticator } from './auth.js'
import type { Limits } from '../support/limits.js'
import { type RateWindow, RateWindows } from './rate-windows.js'
import type { Clock } from '../service/clock.js'
import { type Cors, isOfForeignPage } from './cors.js'
import { ApiError } from './api-error.js'
import { networkOf } from './network.js'

const windowMs = 60_000

/** How many pairs of user and network are remembered. Those that were not seen for longest are forgotten first. */
const maxAcquaintances = 10_000

/**
 * Finds out who asks, and limits how often.
 *
 * A user's requests count only for that user. Requests without valid credentials count for the network that they come from.
 * Once a network has too many of them, only users who were admitted from there before still get in: guessing is limited to that
 * rate, and users who are there already notice nothing.
 */
export class Admission {
  readonly #requests: RateWindows
  readonly #failures: RateWindows
  readonly #acquaintances = new Set<string>()

  constructor(
    private readonly authenticator: Authenticator,
    private readonly limits: Pick<Limits, 'requestsPerMinute' | 'failedLoginsPerMinute'>,
    private readonly clock: Clock,
    private readonly cors?: Cors,
  ) {
    this.#requests = new RateWindows(windowMs, clock)
    this.#failures = new RateWindows(windowMs, clock)
  }

  /**
   * @returns the user.
   * @throws {ApiError} 401 `UNAUTHORIZED`; 429 `RATE_LIMITED`; 503 when the key set cannot be fetched.
   */
  async admit(headers: IncomingHttpHeaders, address: string): Promise<string> {
    // Before anything is counted: a page that somebody looks at must not lock them out, and nobody learns anything by claiming to
    // be one.
    if (isOfForeignPage(headers, this.cors)) throw refusedPage()
    const network = networkOf(address)
    const user = await this.authenticator.authenticate(headers).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 401) this.#countFailure(network)
      throw error
    })
    this.#greet(network, user)
    const limit = this.limits.requestsPerMinute
    const window = this.#requests.add(user)
    if (limit > 0 && window.count > limit) throw this.#refusal(`More than ${limit} requests`, limit, window)
    return user
  }

  #countFailure(network: string): void {
    this.#assertOpen(network)
    this.#failures.add(network)
  }

  #greet(network: string, user: string): void {
    const acquaintance = JSON.stringify([network, user])
    if (!this.#acquaintances.delete(acquaintance)) this.#assertOpen(network)
    this.#acquaintances.add(acquaintance)
    for (const longestUnseen of this.#acquaintances) {
      if (this.#acquaintances.size <= maxAcquaintances) return
      this.#acquaintances.delete(longestUnseen)
    }
  }

  #assertOpen(network: string): void {
    const limit = this.limits.failedLoginsPerMinute
    const window = this.#failures.get(network)
    if (limit === 0 || window.count < limit) return
    throw this.#refusal(`${limit} requests without valid credentials`, limit, window)
  }

  #refusal(what: string, limit: number, { endsAt }: RateWindow): ApiError {
    const seconds = Math.max(1, Math.ceil((endsAt - this.clock.now()) / 1_000))
    return new ApiError(429, 'RATE_LIMITED', `${what} in a minute. Try again in ${seconds} seconds.`, {
      details: { limit },
      headers: {
        'X-RateLimit-Limit': String(limit),
        'X-RateLimit-Remaining': '0',
        'X-RateLimit-Reset': String(Math.ceil(endsAt / 1_000)),
        'Retry-After': String(seconds),
      },
    })
  }
}

function refusedPage(): ApiError {
  const message = 'A page of another origin may not use this API. Start the server with --cors-origin to let it.'
  return new ApiError(401, 'UNAUTHORIZED', message, { headers: { 'WWW-Authenticate': 'Bearer' } })
}

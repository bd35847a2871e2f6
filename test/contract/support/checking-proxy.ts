/**
 * A proxy that holds everything it carries against the spec. JSON goes the long way round, through Prism; what Prism can't carry
 * goes straight on. Our own checker stands right in front of the server, and judges both.
 */
import { loadSpec } from 'sandbox-sessions-conformance'
import { httpFixture } from 'sandbox-sessions-testkit/fixture'
import { startPrism } from '../../support/prism.js'
import { checkpoint } from './checkpoint.js'
import { Ledger } from './ledger.js'
import { Legs } from './legs.js'
import { prismDetour } from './prism-detour.js'

export interface CheckingProxy extends AsyncDisposable {
  /** What a client takes as `apiUrl`. */
  readonly url: string
  readonly ledger: Ledger
}

export interface CheckingProxyOptions {
  /** Whether JSON goes through Prism. Default true. */
  readonly withPrism?: boolean
}

/** @param apiUrl - what a client of the server takes. */
export async function checkingProxy(apiUrl: string, options: CheckingProxyOptions = {}): Promise<CheckingProxy> {
  const ledger = new Ledger(await loadSpec())
  const legs = new Legs()
  const check = checkpoint(apiUrl, ledger, legs)
  const checked = await httpFixture(check)
  if (options.withPrism === false) {
    return { url: checked.url, ledger, [Symbol.asyncDispose]: () => checked[Symbol.asyncDispose]() }
  }
  const prism = await startPrism({ mode: 'proxy', upstream: checked.url })
  const entry = await httpFixture(prismDetour(prism, check, ledger, legs))
  return {
    url: entry.url,
    ledger,
    async [Symbol.asyncDispose]() {
      for (const each of [entry, prism, checked]) await each[Symbol.asyncDispose]()
    },
  }
}

import { type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { describeFinding, type Ledger } from './ledger.js'

/** Where tests of other processes ask what a proxy has found since anybody asked. */
export async function findingsDesk(ledger: Ledger): Promise<Fixture> {
  return await httpFixture((_, response) => {
    void ledger.take().then((findings) => respond(response, 200, findings.map(describeFinding)))
  })
}

/** @throws {Error} with all that was found, if anything was. */
export async function throwFindings(deskUrl: string): Promise<void> {
  const response = await fetch(deskUrl)
  const findings: unknown = await response.json()
  if (!Array.isArray(findings)) throw new Error(`The desk answered ${response.status}`)
  if (findings.length > 0) throw new Error(`Against the spec:\n${findings.join('\n')}`)
}

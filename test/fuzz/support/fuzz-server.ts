import type { Spec } from 'sandbox-sessions-openapi'
import type { WireRequest } from './draft.js'
import { asCommand } from './exchange.js'
import { Findings } from './findings.js'
import { type FuzzedServer, startFuzzedServer } from './fuzzed-server.js'
import { Lane } from './lane.js'
import { stepsOf } from './steps.js'
import { Tally } from './tally.js'

export interface FuzzOptions {
  readonly spec: Spec
  readonly seed: number
  readonly requests: number
  /** A server that runs already. Default: one of its own for each lane, on this machine. */
  readonly server?: { readonly url: string; readonly token: string }
  /** Told now and then. */
  readonly onProgress?: (sent: number) => void
}

export interface FuzzResult {
  readonly tally: Tally
  /** What is wrong, each with what it takes to have it again. */
  readonly findings: readonly string[]
}

/**
 * Lanes run at the same time. Each has a server of its own and sends one request after the other, so that what a request finds
 * depends on its seed alone, however many cores there are.
 */
const lanes = 4

/** Sends a server requests that come from its spec, and judges every answer. */
export async function fuzzServer({ spec, seed, requests, server, onProgress }: FuzzOptions): Promise<FuzzResult> {
  const tally = new Tally()
  const findings = new Findings()
  let sent = 0
  const run = async (number: number, of: number): Promise<void> => {
    await using target = server === undefined ? await startFuzzedServer() : await foreign(server)
    let index = number
    const report = (problem: string, request: WireRequest | undefined, change: string | undefined): void => {
      const where = `seed ${seed}, request ${index}`
      const what = change === undefined ? '' : ` (${change})`
      const again = request === undefined ? '' : `\n    ${asCommand(target.url, request)}`
      findings.add(`${where}${what}`, problem, again)
    }
    const lane = new Lane(spec, target, tally, report)
    await lane.begin()
    for (const step of stepsOf(spec, `fuzz-${number}`, seed * lanes + number)) {
      if (index >= requests || findings.tooMany) break
      await lane.run(step)
      index += of
      sent += 1
      if (sent % 1_000 === 0) onProgress?.(sent)
    }
    await lane.end()
  }
  // One who is not ours may have no room for more.
  const count = server === undefined ? lanes : 1
  await Promise.all(Array.from({ length: count }, (_, number) => run(number, count)))
  return { tally, findings: findings.all }
}

async function foreign({ url, token }: { url: string; token: string }): Promise<FuzzedServer> {
  const { headers } = await fetch(`${url}/health`)
  const since = Date.parse(headers.get('date') ?? '')
  return { url, token, since, host: undefined, [Symbol.asyncDispose]: async () => undefined }
}

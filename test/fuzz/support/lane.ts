import { setTimeout } from 'node:timers/promises'
import { sandboxChecker } from 'sandbox-sessions-conformance'
import { isObject, type Spec } from 'sandbox-sessions-openapi'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { type WireRequest, resolveDraft } from './draft.js'
import { type Outcome, RawClient } from './exchange.js'
import { Footprint } from './footprint.js'
import { fuzzLimits } from './fuzz-limits.js'
import type { FuzzedServer } from './fuzzed-server.js'
import { Judge, jsonOf } from './judge.js'
import { furniture } from './dictionary.js'
import { SessionModel } from './session-model.js'
import type { Step } from './steps.js'
import type { Tally } from './tally.js'

/** How often, in requests, the whole state is compared. */
const compareEvery = 100

/** How long what happens by itself may take. */
const settlingMs = 5_000

/** One after the other, requests against a server of their own, each judged when its answer is there. */
export class Lane {
  readonly #client: RawClient
  readonly #model: SessionModel
  readonly #judge: Judge
  readonly #footprint: Footprint | undefined
  #etag = '"none"'
  #count = 0

  constructor(
    spec: Spec,
    private readonly server: FuzzedServer,
    private readonly tally: Tally,
    private readonly report: (problem: string, request: WireRequest | undefined, change: string | undefined) => void,
  ) {
    this.#client = new RawClient(server.url)
    this.#model = new SessionModel(server.since)
    const { host } = server
    const checker = sandboxChecker(spec, { otherHeaders: host === undefined })
    this.#judge = new Judge(checker, this.#model, host === undefined ? undefined : fuzzLimits.maxSessions)
    this.#footprint = host && new Footprint(host.dataDir)
  }

  /** Makes what the requests need to find. */
  async begin(): Promise<void> {
    const { host } = this.server
    if (host === undefined) return
    const outcome = await this.#client.send(this.#own('POST', '/sessions', host.otherToken))
    const session = outcome.kind === 'answer' ? jsonOf(outcome.exchange.response.body) : undefined
    if (isObject(session)) this.#model.setForeign(session)
  }

  async run({ draft, passing }: Step): Promise<void> {
    if (passing > 0) await this.#pass(passing)
    const wire = resolveDraft(draft, {
      token: this.server.token,
      etag: this.#etag,
      sessionId: (ref) => this.#model.resolve(ref),
    })
    const fail = (problem: string): void => this.report(problem, wire, draft.change)
    const session = this.#model.ids.find((id) => wire.target.toLowerCase().includes(id))
    const before = session === undefined ? undefined : await this.#footprint?.files(session)
    const outcome = await this.#send(wire)
    const known = this.#model.ids.length
    for (const problem of this.#judgeOutcome(wire, outcome)) fail(problem)
    if (this.#model.ids.length > known) await this.#furnish(outcome)
    const isRefused = outcome.kind === 'no answer' || outcome.exchange.response.status >= 400
    if (session !== undefined && before !== undefined && isRefused) await this.#expectUntouched(session, before, fail)
    this.#count += 1
    if (this.#count % compareEvery === 0) await this.#compare()
  }

  /** Deletes what is left, and looks whether everything is gone. */
  async end(): Promise<void> {
    await this.#compare()
    for (const id of this.#model.ids) {
      await this.#client.send(this.#own('DELETE', `/sessions/${id}`, this.server.token))
      this.#model.ended(id)
    }
    await this.#compare()
    const { host } = this.server
    if (host !== undefined) {
      // A day and the session of the other user are over, and the keys of all sessions that ended are swept.
      await this.#pass(25 * 3_600)
      await this.#within('what is left on the disk', async () => [
        ...((await this.#footprint?.sessions()) ?? []),
        ...((await this.#footprint?.keys()) ?? []),
      ])
      await this.#within('processes that are left', () => host.descendants())
      if (host.ended()) this.#fail('the server ended by itself')
      await host.close()
      if (host.log() !== '') this.#fail(`the server logged: ${host.log().slice(0, 2_000)}`)
      await this.#within('what is left after the end', async () => (await this.#footprint?.sessions()) ?? [])
    }
    this.#client.close()
  }

  /** The place of a session that has expired is taken until nothing of it is left, which may be a moment later. */
  async #send(wire: WireRequest): Promise<Outcome> {
    const end = Date.now() + settlingMs
    for (;;) {
      const outcome = await this.#client.send(wire)
      if (!this.#judge.isRefusedInVain(outcome) || Date.now() > end) return outcome
      await setTimeout(100)
    }
  }

  /** Puts things into a new session that later requests find. */
  async #furnish(outcome: Outcome): Promise<void> {
    const session = outcome.kind === 'answer' ? jsonOf(outcome.exchange.response.body) : undefined
    if (!isObject(session)) return
    const { token } = this.server
    const request = this.#own('POST', `/sessions/${String(session['sessionId'])}/commands`, token)
    const body = Buffer.from(JSON.stringify({ command: furniture, timeout: 10 }))
    const furnished = await this.#client.send({
      ...request,
      headers: [...request.headers, ['content-type', 'application/json']],
      body,
    })
    if (furnished.kind === 'no answer') this.#fail(`a new session can't be used: ${furnished.reason}`)
  }

  #judgeOutcome(wire: WireRequest, outcome: Outcome): string[] {
    if (outcome.kind === 'no answer') {
      return wire.delivery === 'cut off' && this.server.host?.ended() !== true ? [] : [outcome.reason]
    }
    const { exchange } = outcome
    const { status, headers } = exchange.response
    this.#etag = headers.get('etag') ?? this.#etag
    this.tally.count(this.#judge.operationOf(exchange).operation ?? 'no operation', status)
    return this.#judge.judge(exchange).map((problem) => `${status}: ${problem}`)
  }

  /** A refusal changes nothing. One whose connection broke may be noticed a moment later. */
  async #expectUntouched(
    session: string,
    before: ReadonlyMap<string, string>,
    fail: (problem: string) => void,
  ): Promise<void> {
    if (!this.#model.ids.includes(session)) return
    const changes = async (): Promise<string[]> =>
      differences(before, (await this.#footprint?.files(session)) ?? before)
    const left = await settled(changes)
    if (left.length > 0) fail(`refused, and yet the session has changed: ${left.join(', ')}`)
  }

  async #pass(seconds: number): Promise<void> {
    const { host } = this.server
    if (host === undefined) return
    await host.advance(seconds * 1_000)
    this.#model.expire(host.now())
    // Removing what has expired takes a moment, and its place is taken until then.
    await this.#compareDisk()
  }

  async #compare(): Promise<void> {
    await this.#compareDisk()
    if (this.server.host !== undefined) await this.#pass(61)
    const outcome = await this.#client.send(this.#own('GET', '/sessions?limit=100', this.server.token))
    if (outcome.kind === 'no answer') {
      this.#fail(`no list of sessions: ${outcome.reason}`)
      return
    }
    const body = jsonOf(outcome.exchange.response.body)
    const listed = isObject(body) && Array.isArray(body['sessions']) ? body['sessions'].filter(isObject) : []
    const isOwn = (id: string): boolean => this.server.host !== undefined || this.#model.ids.includes(id)
    const own = listed.filter((session) => isOwn(String(session['sessionId'])))
    const ids = own.map((session) => String(session['sessionId'])).sort()
    if (ids.join() !== this.#model.ids.join()) {
      this.#fail(`listed are ${ids.join(', ') || 'none'}; there should be ${this.#model.ids.join(', ') || 'none'}`)
    }
    for (const session of own) for (const problem of this.#model.seen(session)) this.#fail(problem)
  }

  async #compareDisk(): Promise<void> {
    const expected = this.#model.all
    await this.#within('on the disk and not alive, or the other way round', async () => {
      const found = (await this.#footprint?.sessions()) ?? expected
      return [...found.filter((id) => !expected.includes(id)), ...expected.filter((id) => !found.includes(id))]
    })
  }

  async #within(what: string, look: () => Promise<readonly string[]>): Promise<void> {
    const left = await settled(look)
    if (left.length > 0) this.#fail(`${what}: ${left.join(', ')}`)
  }

  #own(method: string, target: string, token: string): WireRequest {
    return { method, target, headers: [['authorization', `Bearer ${token}`]], body: undefined, delivery: 'whole' }
  }

  #fail(problem: string): void {
    this.report(problem, undefined, undefined)
  }
}

/** What is left when there is nothing, or when that has not come about for a while. */
async function settled(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  let left = await look()
  const end = Date.now() + settlingMs
  await eventually(async () => left.length === 0 || Date.now() > end || (left = await look()).length === 0)
  return left
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const places = new Set([...before.keys(), ...after.keys()])
  return [...places]
    .filter((place) => before.get(place) !== after.get(place))
    .map(
      (place) => `${JSON.stringify(place)} was ${before.get(place) ?? 'not there'}, is ${after.get(place) ?? 'gone'}`,
    )
}

import { sandboxChecker } from 'sandbox-sessions-conformance'
import type { Exchange, Spec, SpecChecker } from 'sandbox-sessions-openapi'

/** What is known of an exchange in which something is wrong. */
export interface Finding {
  readonly method: string
  readonly target: string
  readonly status: number | undefined
  readonly requestId: string | undefined
  readonly message: string
}

/** Holds exchanges against the spec, and keeps what is wrong with them until somebody takes it. */
export class Ledger {
  readonly checker: SpecChecker
  readonly #seen = new Map<string, number>()
  readonly #waiting: (() => void)[] = []
  #findings: Finding[] = []
  #open = 0

  constructor(spec: Spec) {
    this.checker = sandboxChecker(spec)
  }

  /** How often each operation was answered with each status: `getSession 200`. */
  get seen(): ReadonlyMap<string, number> {
    return this.#seen
  }

  /** An exchange begins. @returns what to call at its end, with what is to be judged, if anything of it is. */
  begin(): (exchange?: Exchange, ...problems: string[]) => void {
    this.#open += 1
    return (exchange, ...problems) => {
      this.#open -= 1
      if (exchange !== undefined) this.#judge(exchange, problems)
      if (this.#open === 0) for (const go of this.#waiting.splice(0)) go()
    }
  }

  add(finding: Finding): void {
    this.#findings.push(finding)
  }

  count(what: string): void {
    this.#seen.set(what, (this.#seen.get(what) ?? 0) + 1)
  }

  /** What was found since it was last asked, when no exchange is under way any more. */
  async take(): Promise<readonly Finding[]> {
    if (this.#open > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    const found = this.#findings
    this.#findings = []
    return found
  }

  #judge(exchange: Exchange, problems: readonly string[]): void {
    const { request, response } = exchange
    const found = this.checker.spec.match(request.method, request.target.split('?')[0] ?? '')
    const id = found?.operation.id ?? 'no operation'
    this.count(`${id} ${response.status}`)
    const broken = this.checker.check(exchange).map(({ message }) => message)
    for (const message of [...broken, ...problems]) {
      this.add({
        method: request.method,
        target: request.target,
        status: response.status,
        requestId: response.headers.get('x-request-id') ?? undefined,
        message,
      })
    }
  }
}

export function describeFinding({ method, target, status, requestId, message }: Finding): string {
  return `${method} ${target} → ${status ?? 'no answer'} (request ${requestId ?? 'without an id'}): ${message}`
}

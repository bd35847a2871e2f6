/** The result of one check. */
export interface CheckResult {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it failed or was skipped. */
  readonly problems: readonly string[]
}

export const Verdict = {
  Conforms: 'conforms',
  Fails: 'FAILS',
  /** The spec has the operation, but no check for it exists: it may be an addition to the API. That is no failure. */
  Untested: 'untested',
} as const
export type Verdict = (typeof Verdict)[keyof typeof Verdict]

export interface OperationReport {
  readonly operation: string
  readonly verdict: Verdict
  /** The statuses that were seen, in order. */
  readonly statuses: readonly number[]
  readonly checks: readonly CheckResult[]
}

/** The result of a whole run. */
export interface Report {
  readonly url: string
  readonly specVersion: string
  /** Whether nothing fails, and something conforms. */
  readonly conforms: boolean
  readonly operations: readonly OperationReport[]
}

/** Collects the findings by operation and check. A check that failed once has not passed. */
export class Findings {
  readonly #checks = new Map<string, Map<string, CheckResult>>()
  readonly #statuses = new Map<string, Set<number>>()

  constructor(private readonly operations: readonly string[]) {}

  add(operation: string, name: string, outcome: CheckResult['outcome'], problem?: string): void {
    const checks = this.#checks.get(operation) ?? new Map<string, CheckResult>()
    this.#checks.set(operation, checks)
    const before = checks.get(name)
    const problems = new Set(before?.problems)
    if (problem !== undefined) problems.add(problem)
    checks.set(name, { name, outcome: before?.outcome === 'failed' ? 'failed' : outcome, problems: [...problems] })
  }

  saw(operation: string, status: number): void {
    this.#statuses.set(operation, (this.#statuses.get(operation) ?? new Set()).add(status))
  }

  report(about: Pick<Report, 'url' | 'specVersion'>): Report {
    const operations = this.operations.map((operation): OperationReport => {
      const checks = [...(this.#checks.get(operation)?.values() ?? [])]
      const statuses = [...(this.#statuses.get(operation) ?? [])].sort((one, other) => one - other)
      return { operation, verdict: verdictOf(checks), statuses, checks }
    })
    const verdicts = new Set(operations.map(({ verdict }) => verdict))
    const conforms = verdicts.has(Verdict.Conforms) && !verdicts.has(Verdict.Fails)
    return { ...about, conforms, operations }
  }
}

function verdictOf(checks: readonly CheckResult[]): Verdict {
  if (checks.some(({ outcome }) => outcome === 'failed')) return Verdict.Fails
  return checks.some(({ outcome }) => outcome === 'passed') ? Verdict.Conforms : Verdict.Untested
}

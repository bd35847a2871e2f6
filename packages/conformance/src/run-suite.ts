import { SandboxAPIError, SandboxValidationError } from 'sandbox-sessions-sdk'
import type { Exchange, SpecChecker } from 'sandbox-sessions-openapi'
import { Mismatch } from './expect.js'
import { Findings, type Report } from './report.js'
import { Bench, type Target } from './suite/bench.js'
import { type Check } from './suite/check.js'
import { Skipped } from './suite/skipped.js'
import { codeChecks, commandChecks } from './suite/commands.js'
import { commonChecks } from './suite/common.js'
import { fileChecks } from './suite/files.js'
import { sessionChecks, systemChecks } from './suite/sessions.js'

const checks: readonly Check[] = [
  ...systemChecks,
  ...sessionChecks,
  ...commandChecks,
  ...codeChecks,
  ...fileChecks,
  ...commonChecks,
]

/** The check of every exchange, whichever check made it. */
const asSpecified = 'answers as the spec says'

/** Tries everything that a server has to support on a live server, and checks every answer against the spec. Cleans up after itself. */
export async function runSuite(target: Target, checker: SpecChecker): Promise<Report> {
  const { spec } = checker
  const findings = new Findings(spec.operations.map(({ id }) => id))
  const judge = (exchanges: readonly Exchange[]) => {
    for (const exchange of exchanges) judgeExchange(exchange, checker, findings)
  }
  {
    await using bench = new Bench(target, checker)
    for (const check of checks) {
      target.signal?.throwIfAborted()
      if (spec.operation(check.operation) === undefined || check.appliesTo?.(spec) === false) continue
      findings.add(check.operation, check.name, ...(await outcomeOf(check, bench)))
      judge(await bench.recorder.take())
    }
  }
  return findings.report({ url: target.apiUrl, specVersion: spec.version })
}

async function outcomeOf(check: Check, bench: Bench): Promise<['passed' | 'failed' | 'skipped', string?]> {
  try {
    await check.run(bench)
    return ['passed']
  } catch (error) {
    if (error instanceof Skipped) return ['skipped', error.message]
    if (error instanceof Mismatch) return ['failed', error.message]
    if (error instanceof SandboxAPIError) return ['failed', describe(error)]
    // The server's answer can't be used in a further request.
    if (error instanceof SandboxValidationError) return ['failed', error.message]
    // A raw request hung, or its connection broke.
    if (error instanceof DOMException || error instanceof TypeError) {
      return ['failed', `no answer came: ${error.cause instanceof Error ? error.cause.message : error.message}`]
    }
    throw error
  }
}

function describe({ name, message, requestId }: SandboxAPIError): string {
  return `${name}: ${message}${requestId === undefined ? '' : ` (request id ${requestId})`}`
}

function judgeExchange(exchange: Exchange, checker: SpecChecker, findings: Findings): void {
  const { method, target } = exchange.request
  const { status } = exchange.response
  const found = checker.spec.match(method, new URL(target, 'http://spec').pathname)
  if (found === undefined) return
  const { id } = found.operation
  findings.saw(id, status)
  const problems = checker.check(exchange)
  if (problems.length === 0) findings.add(id, asSpecified, 'passed')
  for (const { message } of problems) findings.add(id, asSpecified, 'failed', `${status}: ${message}`)
}

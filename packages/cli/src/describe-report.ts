import { visible } from './format.js'
import { table } from './table.js'
import { type Report, Verdict } from 'sandbox-sessions-conformance'

/** The report for people: a table of verdicts, the details below it, and a last line. */
export function describeReport(report: Report): string {
  const { operations, url } = report
  const rows = operations.map(({ operation, verdict, statuses, checks }) => {
    const passed = checks.filter(({ outcome }) => outcome === 'passed').length
    return [operation, `${passed} of ${checks.length}`, statuses.join(' '), verdict]
  })
  return [
    table(['OPERATION', 'CHECKS', 'STATUSES SEEN', 'VERDICT'], rows),
    ...details(report),
    '',
    `${url} ${closingWords(report)}`,
  ].join('\n')
}

function details({ operations }: Report): readonly string[] {
  return operations.flatMap(({ operation, verdict, checks }) => {
    if (verdict === Verdict.Untested && checks.length === 0) {
      return ['', operation, '  untested: this version of the command has no check for it']
    }
    const told = checks.filter(({ outcome }) => outcome !== 'passed')
    if (told.length === 0) return []
    return [
      '',
      operation,
      ...told.flatMap(({ outcome, name, problems }) => [`  ${outcome}: ${name}`, ...indented(problems)]),
    ]
  })
}

function indented(problems: readonly string[]): readonly string[] {
  return problems.map((problem) => `    ${visible(problem)}`)
}

function closingWords({ conforms, operations, specVersion }: Report): string {
  const count = (wanted: Verdict) => operations.filter(({ verdict }) => verdict === wanted).length
  const of = `of ${operations.length} operations of Sandbox API ${specVersion}`
  const untested = count(Verdict.Untested)
  const rest = untested === 0 ? '' : ` ${untested} could not be tested.`
  return conforms
    ? `conforms: ${count(Verdict.Conforms)} ${of}.${rest}`
    : `DOES NOT CONFORM: ${count(Verdict.Fails)} ${of} fail.${rest}`
}

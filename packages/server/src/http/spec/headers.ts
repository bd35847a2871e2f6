import type { Operation, Spec } from 'sandbox-sessions-openapi'

/** Headers that the spec allows in requests, for parameters and credentials. */
export function requestHeadersOf({ credentials, operations }: Spec): string[] {
  const parameters = operations.flatMap((operation) => operation.parameters).filter((each) => each.in === 'header')
  return unique([...credentials, ...parameters].map(({ name }) => name))
}

/** Headers that answers have in the spec. */
export function responseHeadersOf({ operations }: Spec): string[] {
  return unique(operations.flatMap(headersOf).map(({ name }) => name))
}

function headersOf({ responses, otherResponses }: Operation) {
  return [...responses.values(), ...otherResponses.values()].flatMap(({ headers }) => [...headers.values()])
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
}

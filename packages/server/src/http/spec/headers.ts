import type { Operation, Spec } from 'sandbox-sessions-openapi'

/** Headers that requests may have by the spec: those of its parameters and of its credentials. */
export function requestHeadersOf({ credentials, operations }: Spec): string[] {
  const parameters = operations.flatMap((operation) => operation.parameters).filter((each) => each.in === 'header')
  return unique([...credentials, ...parameters].map(({ name }) => name))
}

/** Headers that some answer has by the spec. */
export function responseHeadersOf({ operations }: Spec): string[] {
  return unique(operations.flatMap(headersOf).map(({ name }) => name))
}

function headersOf({ responses, otherResponses }: Operation) {
  return [...responses.values(), ...otherResponses.values()].flatMap(({ headers }) => [...headers.values()])
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
}

import type { SpecDocument } from './document.js'
import { isObject } from '../../support/json.js'
import type { Operation } from './operations.js'

/** Headers that requests may have by the spec: those of its parameters and of its credentials. */
export function requestHeadersOf(spec: SpecDocument, operations: readonly Operation[]): string[] {
  const parameters = operations.flatMap((operation) => operation.parameters).filter((each) => each.in === 'header')
  const schemes = Object.values(spec.at('#/components/securitySchemes'))
  const credentials = schemes.flatMap((scheme) => {
    if (!isObject(scheme)) return []
    if (scheme['type'] === 'http') return ['Authorization']
    return scheme['in'] === 'header' && typeof scheme['name'] === 'string' ? [scheme['name']] : []
  })
  return unique([...credentials, ...parameters.map(({ name }) => name)])
}

/** Headers that some answer has by the spec. */
export function responseHeadersOf(spec: SpecDocument): string[] {
  const operations = childrenOf(spec.at('#/paths')).flatMap(childrenOf)
  const responses = operations.flatMap((operation) => childrenOf(operation['responses']))
  return unique(responses.flatMap(({ headers }) => (isObject(headers) ? Object.keys(headers) : [])))
}

function childrenOf(value: unknown) {
  return isObject(value) ? Object.values(value).filter(isObject) : []
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
}

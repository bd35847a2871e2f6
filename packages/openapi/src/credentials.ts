import type { Document } from './document.js'
import { entries } from './json.js'
import { resolve } from './resolve.js'

/** A header that credentials may come in. */
export interface CredentialHeader {
  readonly name: string
  /** The scheme that its value begins with, in lower case, such as `bearer`; undefined when all of it is the secret. */
  readonly scheme: string | undefined
}

/** The headers for credentials, according to the security schemes of the document. */
export function credentialHeaders(document: Document): readonly CredentialHeader[] {
  return entries(document.components['securitySchemes']).flatMap(([, source]): CredentialHeader[] => {
    const { type, scheme, in: place, name } = resolve(document, source)
    if (type === 'http') return [{ name: 'Authorization', scheme: String(scheme).toLowerCase() }]
    return place === 'header' && typeof name === 'string' ? [{ name, scheme: undefined }] : []
  })
}

export function hasCredentials(headers: Headers, wanted: readonly CredentialHeader[]): boolean {
  return wanted.some(({ name, scheme }) => {
    const value = headers.get(name)
    if (value === null || scheme === undefined) return value !== null
    return value.toLowerCase().startsWith(`${scheme} `) && value.length > scheme.length + 1
  })
}

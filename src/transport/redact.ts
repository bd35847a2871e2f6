import type { SandboxAPIError } from '../errors.js'
import type { HeaderRecord } from './request.js'

const mark = '[redacted]'
/** A text of a few letters is hardly a secret, and taking it out would damage other words. */
const shortest = 8
const secretName =
  /authorization|cookie|token|secret|passw|credential|signature|(^|[-_])auth([-_]|$)|(api|access|private)[-_]?key/
/** How many objects below an error are searched. */
const mostObjects = 2000

/** Whether a header of this name, in lower case, holds credentials, whoever set it. */
export function isSecretHeader(name: string): boolean {
  return secretName.test(name)
}

/**
 * Takes the credentials of a call out of everything that its error carries: a server may repeat them in its message, a header or
 * a reason phrase, and a `fetch` may put them into its errors. Made only when a call has failed.
 */
export class Redactor {
  readonly #secrets: RegExp | undefined

  /** @param secrets - the credentials, without the scheme that precedes them in a header. */
  constructor(secrets: ReadonlySet<string>) {
    const forms = [...secrets].sort((a, b) => b.length - a.length).flatMap(formsOf)
    this.#secrets = forms.length === 0 ? undefined : new RegExp(forms.join('|'), 'gi')
  }

  text(text: string): string {
    return this.#secrets === undefined ? text : text.replace(this.#secrets, mark)
  }

  #headers(headers: Headers): Headers {
    const safe = new Headers()
    headers.forEach((value, name) => safe.append(name, this.text(value)))
    return safe
  }

  /** Cleans an error of the SDK, in place. Its cause is replaced by a clean copy where it contains a credential. */
  clean(error: SandboxAPIError): void {
    if (this.#secrets === undefined) return
    this.#cleanProperties(error, error, new Map([[error, error]]))
  }

  #cleaned(value: unknown, seen: Map<object, object>): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    const known = seen.get(value)
    if (known !== undefined) return known
    if (seen.size > mostObjects) return value
    seen.set(value, value)
    if (value instanceof Headers) return this.#holdsSecret([...value.values()]) ? this.#headers(value) : value
    const copy = emptyCopy(value)
    seen.set(value, copy)
    if (this.#cleanProperties(value, copy, seen)) return copy
    seen.set(value, value)
    return value
  }

  /** Puts the clean properties of `from` into `to`, and says whether any of them had to be cleaned. */
  #cleanProperties(from: object, to: object, seen: Map<object, object>): boolean {
    let changed = false
    for (const key of Reflect.ownKeys(from)) {
      const property = Reflect.getOwnPropertyDescriptor(from, key)
      if (property === undefined) continue
      // Some engines compute the stack when it is read, and put the message into it.
      const isStack = key === 'stack' && from instanceof Error
      const value: unknown = isStack ? from.stack : property.value
      if (!isStack && !('value' in property)) {
        if (to !== from) Reflect.defineProperty(to, key, property)
        continue
      }
      const safe = this.#cleaned(value, seen)
      const name = typeof key === 'string' ? this.text(key) : key
      if (safe !== value || name !== key) changed = true
      else if (to === from) continue
      if (name !== key) Reflect.deleteProperty(to, key)
      const { enumerable = false, configurable = true } = property
      Reflect.defineProperty(to, name, { value: safe, enumerable, configurable, writable: true })
    }
    return changed
  }

  #holdsSecret(texts: readonly string[]): boolean {
    return texts.some((each) => this.text(each) !== each)
  }
}

/** Keeps the latest {@link Redactor} of a client: nearly always, a call has the same credentials as the one before it. */
export class Redactors {
  #latest: { readonly key: string; readonly redactor: Redactor } | undefined

  /** `headers` as they were sent, by lower-case name; `more` values of an `authorization` or `x-api-key`. */
  of(headers: Readonly<HeaderRecord>, more: Iterable<string>): Redactor {
    const secrets = new Set<string>()
    for (const value of more) addSecrets('authorization', value, secrets)
    for (const [name, value] of Object.entries(headers)) {
      if (isSecretHeader(name)) addSecrets(name, value, secrets)
    }
    const key = [...secrets].join('\n')
    if (this.#latest?.key !== key) this.#latest = { key, redactor: new Redactor(secrets) }
    return this.#latest.redactor
  }
}

/** An object of the same kind. Only errors and arrays keep what the JavaScript engine itself knows of them. */
function emptyCopy(value: object): object {
  const copy: object = value instanceof Error ? new Error() : Array.isArray(value) ? [] : {}
  Reflect.setPrototypeOf(copy, Reflect.getPrototypeOf(value))
  return copy
}

function addSecrets(name: string, value: string, secrets: Set<string>): void {
  const [, scheme, rest] = /^([\w-]+) +(.+)$/.exec(value) ?? []
  const add = (secret: string): void => {
    if (secret.length >= shortest) secrets.add(secret)
  }
  add(rest ?? value)
  // After its scheme, even a short text is a secret.
  if (rest !== undefined && rest.length < shortest) add(value)
  if (name === 'cookie') for (const pair of value.split(/; */)) add(pair.slice(pair.indexOf('=') + 1))
  if (scheme?.toLowerCase() !== 'basic' || rest === undefined) return
  const pair = decodeBase64(rest)
  add(pair)
  add(pair.slice(pair.indexOf(':') + 1))
}

function decodeBase64(text: string): string {
  try {
    return atob(text)
  } catch {
    return ''
  }
}

/** Patterns for a secret as it is, escaped for an address, for JSON or for HTML, in hexadecimal and in Base64. */
function formsOf(secret: string): string[] {
  const characters = Array.from(secret, (each) => ({ each, code: each.charCodeAt(0) }))
  if (characters.some(({ code }) => code > 0xff)) return [escapePattern(secret)]
  const hex = characters.map(({ code }) => code.toString(16).padStart(2, '0'))
  const spelled = characters.map(({ each, code }, index) => {
    const digits = hex[index] ?? ''
    // JSON within JSON has more backslashes. Each repetition is bounded, since the searched text comes from a server.
    const escaped = /[\w\\]/.test(each) ? escapePattern(each) : `\\\\{0,7}${escapePattern(each)}`
    return `(?:${escaped}|%(?:25){0,3}${digits}|\\\\{1,7}u00${digits}|&#(?:0{0,4}${code}|x0{0,4}${digits});${entityOf(each)})`
  })
  return [spelled.join(''), escapePattern(JSON.stringify(secret).slice(1, -1)), hex.join(''), ...base64Forms(secret)]
}

function entityOf(character: string): string {
  const name = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }[character]
  return name === undefined ? '' : `|&${name};`
}

/** Base64 of it within something longer: three, by the place where it begins. What its neighbours change is left out. */
function base64Forms(secret: string): string[] {
  return [0, 1, 2]
    .map((before) => {
      const whole = btoa('\0'.repeat(before) + secret).replace(/=+$/, '')
      const inner = whole.slice(Math.ceil((before * 4) / 3), Math.floor(((before + secret.length) * 4) / 3))
      return inner.length < shortest ? '' : inner
    })
    .filter((inner) => inner !== '')
    .map((inner) => inner.replace(/[+/]/g, (each) => (each === '+' ? '(?:[+-]|%2B)' : '(?:[/_]|\\\\/|%2F)')))
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

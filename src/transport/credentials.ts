import { SandboxAPIError } from '../errors.js'
import { type Settings, checkSecret } from '../options.js'

/** Puts the credentials on a request, unless the caller put their own on it. */
export async function authorize(headers: Headers, settings: Settings): Promise<void> {
  const { bearerToken, apiKey } = settings
  if (headers.has('authorization')) return
  if (bearerToken !== undefined) headers.set('authorization', `Bearer ${await resolveSecret(bearerToken)}`)
  else if (apiKey !== undefined && !headers.has('x-api-key')) headers.set('x-api-key', apiKey)
}

async function resolveSecret(secret: NonNullable<Settings['bearerToken']>): Promise<string> {
  if (typeof secret === 'string') return secret
  let token: unknown
  try {
    token = await secret()
  } catch (cause) {
    throw new SandboxAPIError('The bearerToken function failed; its error is the cause.', { cause })
  }
  return checkSecret('bearerToken', token)
}

/** Takes the credentials out of a text that came from outside: a server may echo what it was sent. */
export function redact(text: string, sent: Headers): string {
  let safe = text
  for (const value of [sent.get('authorization')?.replace(/^Bearer /i, ''), sent.get('x-api-key')]) {
    // A secret of a few letters would tear the text apart and is none.
    if (value !== null && value !== undefined && value.length >= 8) safe = safe.replaceAll(value, '[redacted]')
  }
  return safe
}

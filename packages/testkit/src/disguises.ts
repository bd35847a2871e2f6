/** What a server may make of a text that it was sent, before it sends it back. */
export const disguises: [string, (text: string) => string][] = [
  ['as it is', (text) => text],
  ['percent-encoded', encodeURIComponent],
  ['percent-encoded letter by letter', (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&')],
  ['escaped for JSON', (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/')],
  ['escaped as JSON within JSON', (text) => JSON.stringify(JSON.stringify(text))],
  ['in the \\u escapes of JSON', (text) => text.replace(/[^]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`)],
  ['escaped for HTML', (text) => text.replaceAll('"', '&quot;').replaceAll('/', '&#x2F;')],
  ['in Base64', (text) => Buffer.from(text).toString('base64')],
  ['in Base64, with one letter before it', (text) => Buffer.from(`:${text}?`).toString('base64')],
  ['in Base64 for addresses, with two letters before it', (text) => Buffer.from(`::${text}`).toString('base64url')],
  ['in hexadecimal', (text) => Buffer.from(text).toString('hex')],
]

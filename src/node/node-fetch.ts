import type { Fetch } from '../options.js'
import { createConnections } from './dispatcher.js'
import type { NodeFetchOptions } from './options.js'
import { type Undici, loadUndici } from './undici.js'

/** A fetch with connections of its own. */
export interface NodeFetch extends Fetch, AsyncDisposable {
  /** Ends every connection, and the requests on them. Later requests fail. Calling it again is no error. */
  close(): Promise<void>
}

/**
 * Makes a `fetch` for Node with a CA, a client certificate or a proxy of your own. Needs the package `undici` (`npm install
 * undici@7`). Its connections outlive the client that uses them: `close()` it, or declare it with `await using`.
 *
 * Where Node's own fetch gives up after 300 seconds without a response, this one waits as long as the call's deadline says.
 *
 * @example
 * ```ts
 * await using fetch = createNodeFetch({ ca: await readFile('ca.pem'), proxy: 'http://user:password@proxy.example:3128' })
 * const client = new SessionsClient({ fetch })
 * ```
 * @throws {SandboxValidationError} when an option can't be used. The error contains no key, password or passphrase.
 */
export function createNodeFetch(options: NodeFetchOptions = {}): NodeFetch {
  const undici = loadUndici()
  const { dispatcher, destroy } = createConnections(undici, options)
  let closed = false

  const send: Fetch = async (input, init) => {
    if (closed) throw new Error('This fetch was closed. Make another one with createNodeFetch.')
    return await undici.fetch(input, { ...init, body: adopt(init.body ?? null, undici), dispatcher })
  }
  const close = async (): Promise<void> => {
    closed = true
    await destroy()
  }
  return Object.assign(send, { close, [Symbol.asyncDispose]: close })
}

/** undici knows only forms of its own class, and would send others as the text "[object FormData]". */
function adopt(body: BodyInit | null, undici: Undici): BodyInit | null {
  if (!(body instanceof FormData)) return body
  const form = new undici.FormData()
  for (const [name, value] of body) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, value, value.name)
  }
  return form
}

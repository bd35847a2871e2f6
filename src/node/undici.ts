import { createRequire } from 'node:module'
import type { Agent, Dispatcher, EnvHttpProxyAgent } from 'undici'

/**
 * The parts of undici that the SDK needs. Its fetch and its agents must come from the same copy: Node's own fetch contains another
 * one. undici declares Response and FormData itself, but they behave as the global types say.
 */
export interface Undici {
  readonly fetch: (input: string, init: UndiciInit) => Promise<Response>
  readonly FormData: new () => FormData
  readonly Agent: new (options: Agent.Options) => Dispatcher
  readonly EnvHttpProxyAgent: new (options: EnvHttpProxyAgent.Options) => Dispatcher
}

type UndiciInit = Omit<RequestInit, 'body'> & { readonly body: BodyInit | null; readonly dispatcher: Dispatcher }

/** Loaded on demand and not by an import, so that a missing package gets an error of its own without top-level await. */
export function loadUndici(): Undici {
  const load = createRequire(import.meta.url)
  let loaded: unknown
  try {
    loaded = load('undici')
  } catch (cause) {
    if (!isMissing(cause)) throw cause
    throw new Error(
      'sandbox-sessions-sdk/node needs the package undici, which is not installed: npm install undici@7',
      {
        cause,
      },
    )
  }
  if (isUndici(loaded)) return loaded
  throw new Error('The installed undici is of another kind than sandbox-sessions-sdk/node needs: npm install undici@7')
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'MODULE_NOT_FOUND'
}

function isUndici(loaded: unknown): loaded is Undici {
  if (typeof loaded !== 'object' || loaded === null) return false
  return ['fetch', 'FormData', 'Agent', 'EnvHttpProxyAgent'].every(
    (name) => typeof Reflect.get(loaded, name) === 'function',
  )
}

/**
 * What differs between runtimes. Everything that looks at the runtime is here.
 */
import { isRecord } from './guards.js'

export type Runtime = 'node' | 'bun' | 'deno' | 'workerd' | 'other'

/** `scope` is the global object. An unknown runtime is taken for a browser. */
export function runtimeOf(scope: object): Runtime {
  const navigator: unknown = Reflect.get(scope, 'navigator')
  // With nodejs_compat, Workers claim to be Node in everything but this.
  if (isRecord(navigator) && navigator['userAgent'] === 'Cloudflare-Workers') return 'workerd'
  if (Reflect.get(scope, 'Bun') !== undefined) return 'bun'
  if (Reflect.get(scope, 'Deno') !== undefined) return 'deno'
  const process: unknown = Reflect.get(scope, 'process')
  const versions = isRecord(process) ? process['versions'] : undefined
  // A page of Electron can have all of Node, but its fetch is the browser's.
  const isPage = isRecord(process) && process['type'] === 'renderer'
  return isRecord(versions) && isText(versions['undici']) && !isPage ? 'node' : 'other'
}

const runtime = /* @__PURE__ */ runtimeOf(globalThis)

/** Node's fetch keeps a copy of the whole body for a redirect, unless it is told that there will be none. */
export const keepsCopyOfBody = runtime === 'node'

/**
 * Whether a busy program does not notice at once that the server closed a connection. In other runtimes, connections live in a
 * thread of their own, or in the browser.
 */
export const learnsLateOfClosedConnections = runtime === 'node'

/**
 * Whether the body of a request can be a stream. Firefox and Safari would send the text `[object ReadableStream]`. Chromium
 * can do it over HTTP/2 only, and its error over HTTP/1.1 does not say why.
 */
export const streamsRequests = runtime !== 'other'

/** Whether a stream of a known size is sent with a Content-Length. Deno never does. */
export const streamsWithLength = streamsRequests && runtime !== 'deno'

/** The stream in the form that is sent with a Content-Length, where the header alone does not do it. */
export function ofLength(stream: ReadableStream<Uint8Array>, size: number): ReadableStream<Uint8Array> {
  const FixedLengthStream: unknown = runtime === 'workerd' ? Reflect.get(globalThis, 'FixedLengthStream') : undefined
  if (typeof FixedLengthStream !== 'function') return stream
  const fixed: unknown = Reflect.construct(FixedLengthStream, [size])
  if (!isTransform(fixed)) return stream
  // The reader of the other end gets the failure.
  stream.pipeTo(fixed.writable).catch(() => undefined)
  return fixed.readable
}

/** A browser sends a user-agent of its own, and one more header would need the server's permission (CORS). */
export function isBrowser(): boolean {
  return typeof navigator !== 'undefined' && navigator.userAgent.startsWith('Mozilla/')
}

/** An environment variable; undefined when it is empty, or where there is no environment. */
export function environment(name: string): string | undefined {
  try {
    const process: unknown = Reflect.get(globalThis, 'process')
    const variables = isRecord(process) ? process['env'] : undefined
    const value = isRecord(variables) ? variables[name] : undefined
    return isText(value) ? value : undefined
  } catch {
    // Deno throws when the program may not read the environment.
    return undefined
  }
}

function isTransform(value: unknown): value is TransformStream<Uint8Array, Uint8Array> {
  return value instanceof TransformStream
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

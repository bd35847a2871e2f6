import { specVersion } from '../generated/constraints.js'

/** The version of this package. A test holds it against package.json. */
export const sdkVersion = '0.1.0'

/** Undefined in browsers, which name themselves, and where one more header would need the server's leave. */
export const userAgent = isBrowser() ? undefined : `sandbox-sessions-sdk/${sdkVersion} (Sandbox API ${specVersion})`

function isBrowser(): boolean {
  return typeof navigator !== 'undefined' && navigator.userAgent.startsWith('Mozilla/')
}

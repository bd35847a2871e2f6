import { specVersion } from '../../generated/constraints.js'
import { isBrowser } from './runtime.js'

/** The version of this package. A test holds it against package.json. */
export const sdkVersion = '0.1.0'

/** Undefined in browsers. */
export const userAgent = /* @__PURE__ */ ownName()

function ownName(): string | undefined {
  return isBrowser() ? undefined : `sandbox-sessions-sdk/${sdkVersion} (Sandbox API ${specVersion})`
}

import { SandboxAPIError, SandboxValidationError } from '../errors.js'

/**
 * Where a method was called, for errors that come later and elsewhere, when a stream is read: of these an engine knows no more than
 * the turn of the event loop that they came in. For all others, that can be awaited, it finds the caller by itself.
 */
export class CallSite {
  readonly #trace: { readonly stack?: string } = {}

  constructor() {
    captureStack(this.#trace, CallSite)
  }

  /** Adds the place to the stack of an error of the SDK, where it is missing. */
  addTo(error: unknown): void {
    if (!(error instanceof SandboxAPIError || error instanceof SandboxValidationError)) return
    const { stack } = error
    if (stack === undefined) return
    const frames = (this.#trace.stack ?? '').split('\n').slice(1)
    const missing = frames.filter((frame) => !stack.includes(placeOf(frame)))
    if (missing.length > 0) Object.defineProperty(error, 'stack', { value: [stack, ...missing].join('\n') })
  }
}

/** What a frame says of its place, without how it was called. */
function placeOf(frame: string): string {
  return /[^\s(]+:\d+:\d+/.exec(frame)?.[0] ?? frame
}

/** Gives an object a stack that begins with the caller of `from`. Without effect in an engine that can't. */
export function captureStack(target: object, from: object): void {
  // Firefox and Safari had none for a long time.
  const capture: unknown = Reflect.get(Error, 'captureStackTrace')
  if (typeof capture === 'function') Reflect.apply(capture, Error, [target, from])
}

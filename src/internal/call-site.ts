import { SandboxAPIError, SandboxValidationError } from '../errors.js'

/**
 * Where a method was called, for errors that come later, when a stream is read: their own stack shows only the turn of the event
 * loop that they came in. For a promise that is awaited, the JavaScript engine finds the caller by itself.
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

/** The place of a frame, without the name of its function. */
function placeOf(frame: string): string {
  return /[^\s(]+:\d+:\d+/.exec(frame)?.[0] ?? frame
}

/** Gives an object a stack that begins with the caller of `from`. No effect in a JavaScript engine that can't. */
export function captureStack(target: object, from: object): void {
  // Older versions of Firefox and Safari lack it.
  const capture: unknown = Reflect.get(Error, 'captureStackTrace')
  if (typeof capture === 'function') Reflect.apply(capture, Error, [target, from])
}

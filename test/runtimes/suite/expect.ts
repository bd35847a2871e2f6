import type { Session } from 'sandbox-sessions-sdk'

/** @throws {Error} that names both, when they differ. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [is, wanted] = [describe(actual), describe(expected)]
  if (is !== wanted) throw new Error(`${what} is ${is}, not ${wanted}`)
}

export function holds(condition: boolean, problem: string): void {
  if (!condition) throw new Error(problem)
}

/** @returns what the call throws. @throws {Error} when it succeeds. */
export async function thrownBy(call: () => PromiseLike<unknown>, what: string): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error(`${what} succeeded`)
}

/** @throws {Error} when the call succeeds, or fails with anything else. */
export async function fails(
  call: () => PromiseLike<unknown>,
  kind: abstract new (...args: never[]) => unknown,
  what: string,
): Promise<void> {
  const error = await thrownBy(call, what)
  holds(error instanceof kind, `${what} failed with ${String(error)}, which is no ${kind.name}`)
}

export async function equalBytes(actual: Uint8Array, expected: Uint8Array, what: string): Promise<void> {
  equal(actual.byteLength, expected.byteLength, `the length of ${what}`)
  equal(await sha256(actual), await sha256(expected), `the SHA-256 of ${what}`)
}

/** @throws {Error} when the file in the session is not these bytes, asked of the session itself. */
export async function holdsInSession(session: Session, path: string, expected: Uint8Array): Promise<void> {
  const { stdout } = await session.run(`wc -c < '${path}' && sha256sum < '${path}'`, { check: true })
  const [size, hash] = stdout.split(/\s+/)
  equal(Number(size), expected.byteLength, 'the size in the session')
  equal(hash, await sha256(expected), 'the SHA-256 in the session')
}

export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Bytes without a pattern, the same in each run. */
export function someBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let state = length + 1
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[index] = state >>> 24
  }
  return bytes
}

/** Asks until the answer is yes; the limit of the case ends a vain wait. */
export async function eventually(asked: () => Promise<boolean>): Promise<void> {
  while (!(await asked())) await new Promise((resolve) => setTimeout(resolve, 20))
}

function describe(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value)
}

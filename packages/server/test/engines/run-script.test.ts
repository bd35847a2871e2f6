/** The script by which an engine checks itself, before which the sandbox must not go. */
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Sandbox } from '../../src/engines/contract/engine.js'
import type { Execution } from '../../src/engines/contract/execution.js'
import { SandboxGoneError } from '../../src/engines/contract/errors.js'
import { runScript } from '../../src/engines/host/run-script.js'

const printed = async function* (text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

/** A sandbox that can do nothing but run this. */
function sandboxOf(stderr: AsyncIterable<Uint8Array>): Pick<Sandbox, 'exec'> {
  const exit = Promise.resolve({ exitCode: 0, signal: undefined, timedOut: false, outOfMemory: false, durationMs: 1 })
  const nothing = () => Promise.resolve()
  const execution: Execution = {
    id: 'script',
    stdout: printed('works\n'),
    stderr,
    exit,
    inputDone: nothing(),
    follow: () => Promise.resolve({ start: 0, content: printed('works\n') }),
    writeInput: nothing,
    endInput: nothing,
    signal: nothing,
    kill: nothing,
    forget: nothing,
  }
  return { exec: () => Promise.resolve(execution) }
}

test('is over when both outputs are', async () => {
  let close = (): void => undefined
  const closed = new Promise<void>((resolve) => (close = resolve))
  const stderr = async function* (): AsyncGenerator<Uint8Array> {
    await closed
    yield* []
  }
  let over = false
  const running = runScript(sandboxOf(stderr()), 'echo works').then((text) => {
    over = true
    return text
  })
  for (let turn = 0; turn < 10; turn += 1) await setImmediate()
  expect(over).toBe(false)
  close()
  expect(await running).toBe('works\n')
})

test('tells of a sandbox that goes before, whichever output notices', async () => {
  const gone = new SandboxGoneError('the sandbox was destroyed')
  const stderr: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(gone) }),
  }
  await expect(runScript(sandboxOf(stderr), 'echo works')).rejects.toBe(gone)
})

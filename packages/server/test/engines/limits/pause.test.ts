import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { markedSleep, processesWith } from 'sandbox-sessions-testkit/processes'
import type { Sandbox } from '../../../dist/engines/contract/engine.js'
import { freshId } from '../contract/subject.js'
import { bubblewrapMissing, bytes, from, request, until } from '../support.js'
import { limitedEngine, limitsMissing, type LimitedEngine } from './support.js'

const missing = await bubblewrapMissing()
const limited = await limitsMissing()

/**
 * Counts in a file, and has timers that let it go on, also while it is stopped: the kernel sends the signal, to each timer
 * once, as it forgets what is sent to a program that is stopped again.
 */
function counter(timers: number): readonly ['python3', ...string[]] {
  const script = [
    'import ctypes, os, signal',
    'class Event(ctypes.Structure): _fields_ = [("value", ctypes.c_long), ("signo", ctypes.c_int), ("notify", ctypes.c_int), ("pad", ctypes.c_char * 48)]',
    'class Spec(ctypes.Structure): _fields_ = [("interval", ctypes.c_long * 2), ("value", ctypes.c_long * 2)]',
    'libc = ctypes.CDLL(None)',
    '# A signal that nobody handles would be dropped.',
    'signal.signal(signal.SIGCONT, lambda *_: None)',
    `for i in range(1, ${timers + 1}):`,
    '  timer = ctypes.c_void_p()',
    '  assert libc.timer_create(1, ctypes.byref(Event(0, signal.SIGCONT, 0)), ctypes.byref(timer)) == 0',
    '  at = (ctypes.c_long * 2)(*divmod(i * 10_000_000, 1_000_000_000))',
    '  assert libc.timer_settime(timer, 0, ctypes.byref(Spec((ctypes.c_long * 2)(0, 10_000_000), at)), None) == 0',
    'count = 0',
    'while True:',
    '  count += 1',
    '  with open("next", "w") as f: f.write(str(count))',
    '  os.rename("next", "count")',
    '  if count == 1: print("up", flush=True)',
  ].join('\n')
  return ['python3', '-c', script]
}

async function countOf(sandbox: Sandbox): Promise<number> {
  return Number(String(await bytes((await sandbox.files.read('count')).content)))
}

const because = missing === undefined ? '' : ` (${missing})`
const unbounded = limited === undefined ? '' : ` (${limited})`

describe.skipIf(limited !== undefined)(`a pause with control groups${unbounded}`, () => {
  let made: LimitedEngine
  beforeAll(async () => {
    made = await limitedEngine({})
  })
  afterAll(async () => {
    await made.remove()
  })

  test('[M6] is not left by a timer of a program, and files can be used meanwhile', async () => {
    const sandbox = await made.engine.create(freshId(), {})
    const execution = await sandbox.exec(request('', { argv: counter(4000) }))
    await until(execution.stdout, 'up')
    await sandbox.pause()
    const first = await countOf(sandbox)
    // Meanwhile timers expire.
    await delay(200)
    for (let round = 0; round < 200; round += 1) {
      await sandbox.files.write('mine', from(`${round}`), { overwrite: true })
      await sandbox.files.stat('mine', { checksum: false })
    }
    expect(await countOf(sandbox)).toBe(first)
    await sandbox.resume()
    await eventually(async () => (await countOf(sandbox)) > first + 10, 'it goes on')
    await execution.kill()
    await sandbox.destroy()
  })

  test('can be repeated, a command can be killed in it, and the sandbox destroyed', () => pauseAndEnd(made))
})

describe.skipIf(missing !== undefined)(`a pause without control groups${because}`, () => {
  let made: LimitedEngine
  beforeAll(async () => {
    made = await limitedEngine({ controlGroups: false })
  })
  afterAll(async () => {
    await made.remove()
  })

  test('[M6] stops what a timer lets go on again, and kills it when that goes on and on', async () => {
    const sandbox = await made.engine.create(freshId(), {})
    const execution = await sandbox.exec(request('', { argv: counter(4000) }))
    const other = await sandbox.exec(request('echo up; read line; echo "$line"', { stdin: 'open' }))
    await Promise.all([until(execution.stdout, 'up'), until(other.stdout, 'up')])
    await sandbox.pause()
    expect(await execution.exit).toMatchObject({ signal: 'SIGKILL', exitCode: 137, timedOut: false })
    const last = await countOf(sandbox)
    await sandbox.resume()
    await other.writeInput(from('on\n'))
    expect((await other.exit).exitCode).toBe(0)
    expect(await countOf(sandbox)).toBe(last)
    await sandbox.destroy()
  })

  test('can be repeated, a command can be killed in it, and the sandbox destroyed', () => pauseAndEnd(made))
})

async function pauseAndEnd(made: LimitedEngine): Promise<void> {
  const sandbox = await made.engine.create(freshId(), {})
  const sleep = markedSleep()
  const first = await sandbox.exec(
    request(`setsid sleep ${sleep} & echo up; read line; echo "$line"`, { stdin: 'open' }),
  )
  await until(first.stdout, 'up')
  for (let round = 0; round < 3; round += 1) {
    await sandbox.pause()
    await sandbox.resume()
  }
  await first.writeInput(from('on\n'))
  expect((await first.exit).exitCode).toBe(0)
  const second = await sandbox.exec(request(`sleep ${sleep} & echo up; wait`))
  await until(second.stdout, 'up')
  await sandbox.pause()
  await second.kill()
  await eventually(() => processesWith(sleep).length === 1, 'only the background process is left')
  await sandbox.destroy()
  expect(processesWith(sleep)).toEqual([])
}

import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { ManualClock } from 'sandbox-sessions-testkit/manual-clock'
import { type CommandSlotsOptions, CommandSlots } from '../dist/service/command-slots.js'
import { CapacityExceededError } from '../dist/service/errors.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { type Answer, TestServer } from 'sandbox-sessions-testkit/test-server'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const hold = 'touch begun.$$; while [ ! -e go ]; do sleep 0.02; done'

/** A wait like no other timer of the server. */
const commandWaitMs = 123_456_789

/** Tells how many commands wait for their turn. */
class WatchedClock extends ManualClock {
  waiting = 0

  override setTimer(callback: () => void, delayMs: number): () => void {
    if (delayMs !== commandWaitMs) return super.setTimer(callback, delayMs)
    this.waiting++
    return () => this.waiting--
  }
}

interface Busy {
  readonly on: TestServer
  readonly id: string
  readonly running: Promise<Answer>
  readonly clock: WatchedClock
}

/** A server that runs one command at a time in a session, and is running it. */
async function busy(): Promise<Busy> {
  const clock = new WatchedClock()
  const on = (server = await TestServer.start({ clock, limits: { maxRunningCommandsPerSession: 1, commandWaitMs } }))
  const id = await on.session()
  return { on, id, clock, ...(await held(on, id)) }
}

/** Sends a command that runs until {@link letGo}; resolves when it runs. */
async function held(on: TestServer, id: string): Promise<{ readonly running: Promise<Answer> }> {
  const running = on.command(id, { command: hold })
  await eventually(async () => {
    const { files } = (await on.call('GET', `/sessions/${id}/files/list`)).json
    return Array.isArray(files) && files.length > 0
  }, 'the command runs')
  return { running }
}

const letGo = (on: TestServer, id: string) => on.upload(id, 'path=go', '')

test('[B12] more commands than run at a time wait for their turn, and none is refused', async () => {
  const on = (server = await TestServer.start({
    // However slow the machine is.
    limits: { maxRunningCommandsPerSession: 4, maxRunningCommands: 6, commandWaitMs },
  }))
  const ids = [await on.session(), await on.session()]
  const commands = ids.flatMap((id) => Array.from({ length: 30 }, () => on.command(id, { command: 'true' })))
  for (const answer of await Promise.all(commands)) expect(answer.json).toMatchObject({ status: 'completed' })
})

test('[B12] a stream waits like any other command, and what cannot be started does not wait', async () => {
  const { on, id, clock, running } = await busy()
  const stream = on.command(id, { command: 'echo streamed' }, { headers: { accept: 'text/event-stream' } })
  await eventually(() => clock.waiting === 1, 'it waits')
  expect((await on.command(id, { command: 'true', cwd: '\0' })).status).toBe(400)
  await letGo(on, id)
  expect((await running).status).toBe(200)
  expect((await stream).text).toContain('streamed')
  expect(clock.waiting).toBe(0)
})

test('[B12] who waited as long as one may is refused, and told when to come back', async () => {
  const on = (server = await TestServer.start({ limits: { maxRunningCommandsPerSession: 1, commandWaitMs: 50 } }))
  const id = await on.session()
  const { running } = await held(on, id)
  const { status, json, headers } = await on.command(id, { command: 'true' })
  expect([status, json['error'], json['details']]).toEqual([503, 'CAPACITY_EXCEEDED', { limit: 1 }])
  expect(headers.get('retry-after')).toBe('1')
  await letGo(on, id)
  expect((await running).status).toBe(200)
  expect((await on.command(id, { command: 'true' })).status).toBe(200)
})

describe('who waits leaves', () => {
  test('[B12] when the session is paused', async () => {
    const { on, id, clock, running } = await busy()
    const waiting = on.command(id, { command: 'echo > ran' })
    await eventually(() => clock.waiting === 1, 'it waits')
    await on.call('POST', `/sessions/${id}/pause`)
    const { status, json } = await waiting
    expect([status, json['error'], clock.waiting]).toEqual([409, 'SESSION_PAUSED', 0])
    await letGo(on, id)
    await on.call('POST', `/sessions/${id}/resume`)
    expect((await running).status).toBe(200)
    expect((await on.download(id, 'ran')).status).toBe(404)
  })

  test('[B12] when the session is deleted', async () => {
    const { on, id, clock, running } = await busy()
    const waiting = on.command(id, { command: 'true' })
    await eventually(() => clock.waiting === 1, 'it waits')
    expect((await on.call('DELETE', `/sessions/${id}`)).status).toBe(200)
    expect([(await waiting).status, (await running).status, clock.waiting]).toEqual([404, 404, 0])
  })

  test('[B12] when the server takes no new work: nothing was started, so it may be sent again', async () => {
    const { on, id, clock, running } = await busy()
    const waiting = on.command(id, { command: 'true' })
    await eventually(() => clock.waiting === 1, 'it waits')
    const closing = on.server.close({ graceMs: 60_000 })
    const { status, json, headers } = await waiting
    expect([status, json['error'], headers.get('retry-after')]).toEqual([503, 'CAPACITY_EXCEEDED', '5'])
    await on.call('DELETE', `/sessions/${id}`)
    expect((await running).status).toBe(404)
    await closing
  })

  test('[B12] when its caller goes away', async () => {
    const { on, id, clock, running } = await busy()
    const caller = new AbortController()
    const command = { command: 'echo > ran' }
    const lost = expect(on.command(id, command, { signal: caller.signal })).rejects.toThrow()
    await eventually(() => clock.waiting === 1, 'it waits')
    caller.abort()
    await lost
    await eventually(() => clock.waiting === 0, 'it left')
    await letGo(on, id)
    expect((await running).status).toBe(200)
    expect((await on.command(id, { command: 'ls' })).json['stdout']).not.toContain('ran')
  })
})

describe('the slots', () => {
  const never = () => () => undefined
  const defaults: CommandSlotsOptions = {
    maxRunningCommands: 2,
    maxRunningCommandsPerSession: 2,
    maxWaitingCommands: 100,
    maxWaitingCommandsPerSession: 50,
    commandWaitMs: 10_000,
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve))

  test('[B12] sessions take turns, and within one the first comes first', async () => {
    const slots = new CommandSlots({ ...defaults, maxRunningCommands: 1 }, new ManualClock())
    const order: string[] = []
    let release = await slots.take('a', never)
    for (const name of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) {
      void slots.take(name.slice(0, 1), never).then((free) => {
        order.push(name)
        release = free
      })
    }
    for (let turn = 0; turn < 6; turn++) {
      release()
      await settle()
    }
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
  })

  test('[B12] a session at its own bound keeps nobody else waiting', async () => {
    const slots = new CommandSlots({ ...defaults, maxRunningCommandsPerSession: 1 }, new ManualClock())
    await slots.take('a', never)
    let isIn = false
    void slots.take('a', never).then(() => (isIn = true))
    await slots.take('b', never)
    await settle()
    expect(isIn).toBe(false)
  })

  test('[B12] the queue is bounded, for a session and in all, and in time', async () => {
    const clock = new ManualClock()
    const bounds = {
      maxRunningCommands: 1,
      maxWaitingCommands: 3,
      maxWaitingCommandsPerSession: 2,
      commandWaitMs: 1_000,
    }
    const slots = new CommandSlots({ ...defaults, ...bounds }, clock)
    await slots.take('a', never)
    const waiting = ['a', 'a', 'b'].map((id) => expect(slots.take(id, never)).rejects.toThrow(CapacityExceededError))
    for (const id of ['a', 'b', 'c']) await expect(slots.take(id, never)).rejects.toThrow(CapacityExceededError)
    clock.advance(999)
    await settle()
    clock.advance(1)
    await Promise.all(waiting)
    let isIn = false
    void slots.take('c', never).then(() => (isIn = true))
    await settle()
    expect(isIn).toBe(false)
  })

  test('[B12] tells to come back when a place may be free: sooner where commands are short', async () => {
    const refusalAfter = async (runsMs: number): Promise<number | undefined> => {
      const clock = new ManualClock()
      const slots = new CommandSlots({ ...defaults, maxRunningCommands: 1, maxWaitingCommands: 0 }, clock)
      for (let turn = 0; turn < 5; turn++) {
        const release = await slots.take('a', never)
        clock.advance(runsMs)
        release()
      }
      await slots.take('a', never)
      const refusal: unknown = await slots.take('a', never).catch((error: unknown) => error)
      return refusal instanceof CapacityExceededError ? refusal.retryAfter : undefined
    }
    expect(await refusalAfter(10)).toBe(1)
    expect(await refusalAfter(8_000)).toBe(8)
    expect(await refusalAfter(3_600_000)).toBe(30)
  })

  test('[B12] property: bounds hold, nobody is forgotten, and nobody who can run waits', async () => {
    const step = fc.record({
      session: fc.constantFrom('a', 'b', 'c'),
      what: fc.constantFrom('take', 'take', 'release', 'leave'),
      which: fc.nat(20),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const options = { ...defaults, maxRunningCommands: 3, maxRunningCommandsPerSession: 2, maxWaitingCommands: 8 }
        const slots = new CommandSlots(options, new ManualClock())
        const running: { session: string; release: () => void }[] = []
        const waiting = new Map<number, { session: string; leave: (reason: Error) => void }>()
        let [asked, refused, left] = [0, 0, 0]
        let started = 0
        for (const { session, what, which } of steps) {
          if (what === 'take') {
            const number = asked++
            const watch = (leave: (reason: Error) => void) => {
              waiting.set(number, { session, leave })
              return () => waiting.delete(number)
            }
            slots.take(session, watch).then(
              (release) => {
                started++
                running.push({ session, release })
              },
              (error: unknown) => (error instanceof CapacityExceededError ? refused++ : left++),
            )
          } else if (what === 'release') running.splice(which % Math.max(1, running.length), 1)[0]?.release()
          else [...waiting.values()][which % Math.max(1, waiting.size)]?.leave(new Error('left'))
          await settle()
          const own = (id: string) => running.filter((each) => each.session === id).length
          expect(running.length).toBeLessThanOrEqual(3)
          for (const id of ['a', 'b', 'c']) expect(own(id)).toBeLessThanOrEqual(2)
          expect(waiting.size).toBeLessThanOrEqual(8)
          expect(started + refused + left + waiting.size).toBe(asked)
          if (running.length < 3) for (const { session: id } of waiting.values()) expect(own(id)).toBe(2)
        }
      }),
    )
  })
})

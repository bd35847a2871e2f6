import { describe, expect, test } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { WarmPool } from '../../dist/engines/host/warm-pool.js'

interface Thing {
  readonly number: number
  isUsable: boolean
}

function poolOf(size: number, changes: { make?: () => Promise<Thing>; isBusy?: () => boolean } = {}) {
  const made: Thing[] = []
  const discarded: Thing[] = []
  const pool = new WarmPool<Thing>({
    size,
    make: async () => {
      const thing = { number: made.length, isUsable: true }
      made.push(thing)
      return thing
    },
    isUsable: ({ isUsable }) => isUsable,
    discard: async (thing) => discarded.push(thing),
    isBusy: () => false,
    ...changes,
  })
  return { pool, made, discarded }
}

describe('what is made ahead', () => {
  test('is as many as asked for, given in their order, and made again', async () => {
    const { pool, made } = poolOf(2)
    expect(pool.take()).toBeUndefined()
    pool.fill()
    await eventually(() => made.length === 2)
    expect([pool.take()?.number, pool.take()?.number, pool.take()]).toEqual([0, 1, undefined])
    pool.fill()
    await eventually(() => made.length === 4)
    await pool.close()
    expect(made).toHaveLength(4)
  })

  test('is nothing with a size of 0', async () => {
    const { pool, made } = poolOf(0)
    pool.fill()
    await pool.close()
    expect(made).toEqual([])
  })

  test('is not given when it became useless, and goes', async () => {
    const { pool, made, discarded } = poolOf(2)
    pool.fill()
    await eventually(() => made.length === 2)
    for (const thing of made.slice(0, 1)) thing.isUsable = false
    expect(pool.take()?.number).toBe(1)
    expect(discarded.map(({ number }) => number)).toEqual([0])
    await pool.close()
  })

  test('waits while there is other work', async () => {
    let asked = 0
    const { pool, made } = poolOf(1, { isBusy: () => (asked += 1) < 3 })
    pool.fill()
    await eventually(() => made.length === 1)
    expect(asked).toBe(3)
    await pool.close()
  })

  test('is tried again only when somebody asks, after a failure', async () => {
    let tries = 0
    const { pool } = poolOf(1, {
      make: () => {
        tries += 1
        return tries === 1 ? Promise.reject(new Error('no memory')) : Promise.resolve({ number: tries, isUsable: true })
      },
    })
    pool.fill()
    await eventually(() => tries === 1)
    expect(pool.take()).toBeUndefined()
    pool.fill()
    await eventually(() => pool.take()?.number === 2)
    await pool.close()
  })

  test('goes when it is closed, also what is just being made', async () => {
    let deliver: (thing: Thing) => void = () => undefined
    const making = new Promise<Thing>((resolve) => (deliver = resolve))
    let isMaking = false
    const { pool, discarded } = poolOf(1, { make: () => ((isMaking = true), making) })
    pool.fill()
    await eventually(() => isMaking)
    const closed = pool.close()
    deliver({ number: 7, isUsable: true })
    await closed
    expect(discarded.map(({ number }) => number)).toEqual([7])
    pool.fill()
    expect(pool.take()).toBeUndefined()
  })
})

/** What a command's followers get, and what is kept for those that come later. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OutputLog } from '../../dist/engines/guest/commands/output-log.js'
import { IncomingStream } from '../../dist/engines/guest/protocol/incoming-stream.js'
import { OutgoingStream } from '../../dist/engines/guest/protocol/outgoing-stream.js'
import { bytes, heldBytes } from './support.js'

/** More than a block may be kept beside what was asked for. */
const blockSize = 64 * 1024

function pipe(): { outgoing: OutgoingStream; incoming: IncomingStream } {
  const incoming: IncomingStream = new IncomingStream((credit) => {
    outgoing.addCredit(credit)
    return true
  })
  const outgoing: OutgoingStream = new OutgoingStream({
    data: (payload) => incoming.push(Buffer.from(payload)),
    end: () => incoming.end(),
  })
  return { outgoing, incoming }
}

function contentOf(sizes: readonly number[]): Buffer[] {
  return sizes.map((size, index) => Buffer.from(Array.from({ length: size }, (_, byte) => (index * 31 + byte) % 251)))
}

const sizes = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 30 })
const kept = fc.integer({ min: 0, max: 100_000 })

test('followers get everything from where they began, whenever they come and however much is kept', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, kept, fc.array(fc.nat(30), { maxLength: 3 }), async (lengths, keepBytes, arrivals) => {
      const log = new OutputLog(keepBytes)
      const chunks = contentOf(lengths)
      const whole = Buffer.concat(chunks)
      const first = pipe()
      void log.follow(0, first.outgoing)
      const readers = [{ start: 0, reading: bytes(first.incoming) }]
      for (const [index, chunk] of chunks.entries()) {
        for (const arrival of arrivals) {
          if (arrival !== index) continue
          const { outgoing, incoming } = pipe()
          readers.push({ start: log.start, reading: bytes(incoming) })
          void log.follow(0, outgoing)
        }
        await log.append(chunk)
      }
      log.close()
      for (const { start, reading } of readers) expect((await reading).equals(whole.subarray(start))).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('nobody who follows: nothing waits, and the latest bytes are kept, little more', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, kept, async (lengths, keepBytes) => {
      const log = new OutputLog(keepBytes)
      const chunks = contentOf(lengths)
      for (const chunk of chunks) await log.append(chunk)
      log.close()
      const whole = Buffer.concat(chunks)
      expect(log.end).toBe(whole.length)
      expect(log.end - log.start).toBeGreaterThanOrEqual(Math.min(keepBytes, whole.length))
      expect(log.end - log.start).toBeLessThanOrEqual(keepBytes + blockSize)
      const { outgoing, incoming } = pipe()
      const start = log.start
      void log.follow(0, outgoing)
      expect((await bytes(incoming)).equals(whole.subarray(start))).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('an output of single bytes takes little more memory than its bytes', async () => {
  const heap = (): number => {
    heldBytes()
    return process.memoryUsage().heapUsed
  }
  const log = new OutputLog(blockSize)
  const before = heap()
  for (let index = 0; index < 4 * blockSize; index += 1) await log.append(Buffer.of(index % 256))
  expect(heap() - before).toBeLessThan(20 * blockSize)
  expect(log.end - log.start).toBeLessThan(2 * blockSize)
})

test('the slowest follower within what is kept sets the pace, until it leaves', async () => {
  const log = new OutputLog(1000)
  const slow = new OutgoingStream({ data: () => undefined, end: () => undefined })
  void log.follow(0, slow)
  const fast = pipe()
  void log.follow(0, fast.outgoing)
  const reading = bytes(fast.incoming)
  const writing = (async () => {
    for (let index = 0; index < 100; index += 1) await log.append(Buffer.alloc(10_000))
    log.close()
  })()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(log.end).toBeLessThan(1_000_000)
  log.leave(slow)
  await writing
  expect((await reading).length).toBe(1_000_000)
})

test('one that is cut off gets what it has room for, and the others get all', async () => {
  const log = new OutputLog(4_000_000)
  let got = 0
  let ended = false
  const unread = new OutgoingStream({ data: (payload) => (got += payload.length), end: () => (ended = true) })
  void log.follow(0, unread)
  const patient = pipe()
  void log.follow(0, patient.outgoing)
  for (let index = 0; index < 20; index += 1) await log.append(Buffer.alloc(100_000))
  log.cut(unread)
  log.close()
  expect(ended).toBe(true)
  expect(got).toBeGreaterThan(0)
  expect(got).toBeLessThan(2_000_000)
  expect((await bytes(patient.incoming)).length).toBe(2_000_000)
})

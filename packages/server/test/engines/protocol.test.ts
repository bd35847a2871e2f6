import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SandboxGoneError } from '../../dist/engines/contract/errors.js'
import { startClock } from '../../dist/engines/host/command-clock.js'
import { Connection } from '../../dist/engines/host/connection.js'
import { SupervisedHandle, exitOf } from '../../dist/engines/host/execution-handle.js'
import { SupervisedFiles } from '../../dist/engines/host/files.js'
import { toldUsage } from '../../dist/engines/host/usage.js'
import { windowBytes } from '../../dist/engines/guest/protocol/credit.js'
import { FrameDecoder, FrameKind, ProtocolError, encodeHeader } from '../../dist/engines/guest/protocol/frames.js'
import type { Frame } from '../../dist/engines/guest/protocol/frames.js'
import { IncomingStream } from '../../dist/engines/guest/protocol/incoming-stream.js'
import { parseRequest } from '../../dist/engines/guest/protocol/messages.js'
import { OutgoingStream } from '../../dist/engines/guest/protocol/outgoing-stream.js'
import { bytes } from './support.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'

function frame(kind: number, stream: number, call: number, payload: Uint8Array): Buffer {
  return Buffer.concat([encodeHeader(kind, stream, call, payload.length), payload])
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

describe('frames', () => {
  const byte = fc.integer({ min: 0, max: 255 })
  const call = fc.integer({ min: 0, max: 0xffffffff })
  const frames = fc.array(fc.record({ kind: byte, stream: byte, call, payload: fc.uint8Array({ maxLength: 300 }) }), {
    maxLength: 20,
  })

  test('come out as they went in, however they are cut up', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1 }), (sent, cuts) => {
        const wire = Buffer.concat(sent.map((one) => frame(one.kind, one.stream, one.call, one.payload)))
        const decoder = new FrameDecoder(300)
        const got: Frame[] = []
        for (let at = 0, cut = 0; at < wire.length; cut += 1) {
          const size = cuts[cut % cuts.length] ?? 1
          got.push(...decoder.push(wire.subarray(at, at + size)))
          at += size
        }
        const plain = (list: readonly { payload: Uint8Array }[]): unknown[] =>
          list.map((one) => ({ ...one, payload: [...one.payload] }))
        expect(plain(got)).toEqual(plain(sent))
      }),
    )
  })

  test('longer than agreed are refused by their header', () => {
    expect(() => [...new FrameDecoder(10).push(encodeHeader(1, 0, 0, 11))]).toThrow(ProtocolError)
  })
})

describe('streams', () => {
  test('carry everything in order within the window, whatever the sizes of chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 12 }), async (sizes) => {
        let underWay = 0
        const incoming: IncomingStream = new IncomingStream((credit) => {
          underWay -= credit
          outgoing.addCredit(credit)
          return true
        })
        const outgoing: OutgoingStream = new OutgoingStream({
          data: (payload) => {
            underWay += payload.length
            expect(underWay).toBeLessThanOrEqual(windowBytes)
            incoming.push(Buffer.from(payload))
          },
          end: () => incoming.end(),
        })
        const content = Buffer.concat(sizes.map((size, index) => Buffer.alloc(size, index)))
        const reading = bytes(incoming)
        for (const [index, size] of sizes.entries()) await outgoing.write(Buffer.alloc(size, index))
        outgoing.end()
        expect((await reading).equals(content)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('stop the sender while nobody reads, also with tiny chunks', async () => {
    let sent = 0
    const outgoing = new OutgoingStream({ data: () => (sent += 1), end: () => undefined })
    const writing = (async () => {
      for (let index = 0; index < 100_000; index += 1) if (!(await outgoing.write(Buffer.of(1)))) return index
      return undefined
    })()
    await new Promise((resolve) => setTimeout(resolve, 50))
    outgoing.close()
    expect(await writing).toBeLessThan(windowBytes / 64)
    expect(sent).toBeLessThan(windowBytes / 64)
  })

  test('refuse more than there is room for', () => {
    const incoming = new IncomingStream(() => true)
    incoming.push(Buffer.alloc(windowBytes / 2))
    expect(() => incoming.push(Buffer.alloc(windowBytes))).toThrow(ProtocolError)
  })

  test('deliver what came before an error', async () => {
    const incoming = new IncomingStream(() => true)
    incoming.push(Buffer.from('x'))
    incoming.fail(new Error('broken'))
    expect(await incoming.next()).toMatchObject({ value: Buffer.from('x') })
    await expect(incoming.next()).rejects.toThrow('broken')
    expect(await incoming.next()).toMatchObject({ done: true })
  })
})

describe('requests', () => {
  test('are taken only as agreed', () => {
    const anything = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
    )
    fc.assert(
      fc.property(anything, (payload) => {
        expect(() => parseRequest(payload)).toThrow(ProtocolError)
      }),
    )
  })
})

describe('a supervisor that the guest took over', () => {
  const take = (): { connection: Connection; input: PassThrough } => {
    const input = new PassThrough()
    const output = new PassThrough()
    output.resume()
    return { connection: new Connection(input, output), input }
  }

  test('can say anything without more happening than the end of the sandbox', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), async (chunks) => {
        const { connection, input } = take()
        const call = connection.call({ op: 'list', path: '.', recursive: true, limit: 1, offset: 0 }, 1)
        for (const chunk of chunks) input.write(chunk)
        await new Promise((resolve) => setImmediate(resolve))
        connection.close('over')
        await expect(call.done).rejects.toThrow(Error)
      }),
      { numRuns: 200 },
    )
  })

  const full = Buffer.alloc(64 * 1024)
  test.each([
    ['a frame for no call', frame(FrameKind.done, 0, 77, json({ ok: {} }))],
    ['an unknown kind', frame(99, 0, 1, Buffer.alloc(0))],
    ['what is not JSON', frame(FrameKind.done, 0, 1, Buffer.from('{'))],
    ['an outcome without an outcome', frame(FrameKind.done, 0, 1, json({ failure: 'x' }))],
    ['a frame without end', encodeHeader(FrameKind.data, 1, 1, 0x7fffffff)],
    ['more than there is room for', Buffer.concat(Array.from({ length: 9 }, () => frame(FrameKind.data, 1, 1, full)))],
    ['an entry that is none', frame(FrameKind.reply, 0, 1, json({ name: 7 }))],
    ['a file type that is none', frame(FrameKind.reply, 0, 1, json({ type: 'device', name: 'x', path: 'x', size: 1 }))],
    ['a credit of three bytes', frame(FrameKind.credit, 0, 1, Buffer.alloc(3))],
  ])('ends the sandbox with %s', async (_what, wire) => {
    const { connection, input } = take()
    const reading = new SupervisedFiles(connection).read('file')
    input.write(wire)
    await expect(reading).rejects.toThrow(SandboxGoneError)
    expect(await connection.gone).toBeInstanceOf(SandboxGoneError)
    expect(() => connection.call({ op: 'ping' })).toThrow(SandboxGoneError)
  })

  test.each([
    ['a position before the one that was asked for', { start: 4 }],
    ['a position that is no number', { start: '5' }],
    ['a position that is no whole number', { start: 5.5 }],
  ])('ends the sandbox with an output that begins at %s', async (_what, reply) => {
    const { connection, input } = take()
    const handle = new SupervisedHandle(connection, 'x', new Promise(() => undefined))
    const following = handle.follow('stdout', 5)
    input.write(frame(FrameKind.reply, 0, 1, json(reply)))
    await expect(following).rejects.toThrow(SandboxGoneError)
    expect(await connection.gone).toBeInstanceOf(SandboxGoneError)
  })

  test.each([
    ['an exit code that is none', { exitCode: 256, signal: null, timedOut: false, durationMs: 1 }],
    ['a signal without a name', { exitCode: 137, signal: 9, timedOut: false, durationMs: 1 }],
    ['a signal that is a text', { exitCode: 137, signal: 'SIG\n', timedOut: false, durationMs: 1 }],
  ])('ends the sandbox with %s', async (_what, ok) => {
    const { connection, input } = take()
    const exit = exitOf(connection, connection.call({ op: 'attach', id: 'x' }))
    input.write(frame(FrameKind.done, 0, 1, json({ ok })))
    await expect(exit).rejects.toThrow(SandboxGoneError)
    expect(await connection.gone).toBeInstanceOf(SandboxGoneError)
  })

  test('can tell no more usage than its disk has, and ends the sandbox with what is no size', async () => {
    for (const [ok, told] of [
      [{ bytes: 17 }, 17],
      [{ bytes: 1e15 }, 1000],
    ] as const) {
      const { connection, input } = take()
      const asking = toldUsage(connection, 1000)
      input.write(frame(FrameKind.done, 0, 1, json({ ok })))
      expect(await asking).toBe(told)
      connection.close('over')
    }
    for (const ok of [{}, { bytes: -1 }, { bytes: 1.5 }, { bytes: '17' }, { bytes: null }]) {
      const { connection, input } = take()
      const asking = toldUsage(connection, 1000)
      input.write(frame(FrameKind.done, 0, 1, json({ ok })))
      await expect(asking).rejects.toThrow(SandboxGoneError)
    }
  })

  const ended = { exitCode: 0, signal: null, timedOut: false, durationMs: 1 }
  const quick = { overrunMs: 20, stepMs: 5 }

  test('[M2] can not keep a command by never answering, or by never ending its outputs', async () => {
    const silent = take()
    startClock(silent.connection, 10, () => false, quick)
    expect((await silent.connection.gone).message).toBe('The supervisor let a command run too long.')

    const { connection, input } = take()
    const clock = startClock(connection, 60_000, () => false, quick)
    const call = connection.call({ op: 'attach', id: 'x' }, 2)
    clock.started(call.outputs, call.done)
    const reading = call.outputs[0]?.next()
    input.write(frame(FrameKind.done, 0, 1, json({ ok: ended })))
    expect((await connection.gone).message).toBe('The supervisor did not end an output.')
    await reading?.catch(() => undefined)
  })

  test('[M2] a clock stands while the sandbox is paused or nobody reads, and ends with the outputs', async () => {
    const { connection, input } = take()
    let isPaused = true
    let looks = 0
    const clock = startClock(connection, 0, () => ((looks += 1), isPaused), quick)
    await eventually(() => looks > 10)
    const call = connection.call({ op: 'attach', id: 'x' }, 2)
    clock.started(call.outputs, call.done)
    input.write(frame(FrameKind.data, 1, 1, Buffer.from('unread')))
    input.write(frame(FrameKind.done, 0, 1, json({ ok: ended })))
    await call.done
    isPaused = false
    const before = looks
    await eventually(() => looks > before + 10)
    for (const stream of [1, 2]) input.write(frame(FrameKind.end, stream, 1, Buffer.alloc(0)))
    await eventually(() => call.outputs.every((output) => output.ended))
    expect(connection.closed).toBe(false)
    connection.close('over')
  })

  test.each([
    ['data', frame(FrameKind.data, 1, 77, Buffer.of(1))],
    ['an end', frame(FrameKind.end, 1, 77, Buffer.alloc(0))],
    ['credit', frame(FrameKind.credit, 0, 77, Buffer.alloc(4))],
  ])('[M3] ends the sandbox with %s for a call that never was', async (_what, wire) => {
    const { connection, input } = take()
    connection.call({ op: 'ping' })
    input.write(wire)
    expect(await connection.gone).toBeInstanceOf(SandboxGoneError)
  })

  test('[M3] may send what was under way for a call that has ended, and no more', async () => {
    const { connection, input } = take()
    const call = connection.call({ op: 'ping' })
    input.write(frame(FrameKind.done, 0, 1, json({ ok: {} })))
    await call.done
    const late = Buffer.concat(Array.from({ length: 1000 }, () => frame(FrameKind.data, 1, 1, Buffer.of(1))))
    input.write(late)
    const next = connection.call({ op: 'ping' })
    input.write(frame(FrameKind.done, 0, 2, json({ ok: {} })))
    await next.done
    for (let round = 0; round < 100 && !connection.closed; round += 1) {
      input.write(late)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await connection.gone).toBeInstanceOf(SandboxGoneError)
  })

  test('can not make answers pile up by sending without reading', async () => {
    const input = new PassThrough()
    const output = new PassThrough()
    const connection = new Connection(input, output)
    const call = connection.call({ op: 'read', path: 'flood' }, 1)
    for (const stream of call.outputs) stream.discard()
    const tiny = frame(FrameKind.data, 1, 1, Buffer.of(1))
    const flood = Buffer.concat(Array.from({ length: 5000 }, () => tiny))
    for (let round = 0; round < 100 && !output.destroyed; round += 1) {
      input.write(flood)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await connection.gone).toBeInstanceOf(SandboxGoneError)
    expect(output.readableLength + output.writableLength).toBeLessThan(windowBytes)
  })

  test('gets its room as soon as it reads again', async () => {
    const input = new PassThrough()
    const output = new PassThrough()
    const connection = new Connection(input, output)
    const call = connection.call({ op: 'read', path: 'slow' }, 1)
    for (const stream of call.outputs) stream.discard()
    // A full frame with what it costs.
    const full = windowBytes / 8
    let room = windowBytes
    const decoder = new FrameDecoder(full)
    let sent = 0
    const send = (): void => {
      for (; room >= full && sent < 40; sent += 1) {
        room -= full
        input.write(frame(FrameKind.data, 1, 1, Buffer.alloc(full - 64)))
      }
    }
    const tiny = frame(FrameKind.data, 1, 1, Buffer.of(1))
    while (!output.writableNeedDrain) {
      input.write(tiny)
      room -= 65
      await new Promise((resolve) => setImmediate(resolve))
      if (room < 0) break
    }
    output.on('data', (chunk: Buffer) => {
      for (const { kind, payload } of decoder.push(chunk)) {
        if (kind === FrameKind.credit) room += payload.readUInt32BE(0)
      }
    })
    await eventually(() => {
      send()
      return sent === 40
    }, 'there was room for all')
    connection.close('over')
    await expect(call.done).rejects.toThrow('over')
  })

  test('ends every pending call when it hangs up', async () => {
    const { connection, input } = take()
    const pending = connection.call({ op: 'pause', guard: false })
    input.end()
    await expect(pending.done).rejects.toThrow(SandboxGoneError)
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../../dist/engines/contract/engine.js'
import { EngineError, InputClosedError } from '../../../dist/engines/contract/errors.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import type { Subject } from './subject.js'
import { bytes, finish, from, request, run, text, until } from '../support.js'

/** An input to which a test adds what it likes, when it likes. */
class Feed implements AsyncIterable<Uint8Array> {
  taken = 0
  left = false
  #chunks: Uint8Array[] = []
  #wake: () => void = () => undefined
  #ended = false

  push(chunk: string): void {
    this.#chunks.push(Buffer.from(chunk))
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return {
      next: async () => {
        for (;;) {
          const value = this.#chunks.shift()
          if (value !== undefined) {
            this.taken += 1
            return { done: false, value }
          }
          if (this.#ended) return { done: true, value: undefined }
          await new Promise<void>((resolve) => (this.#wake = resolve))
        }
      },
      return: async () => {
        this.left = true
        return { done: true, value: undefined }
      },
    }
  }
}

export function inputConformance(subject: Subject): void {
  describe('input', () => {
    let sandbox: Sandbox
    beforeAll(async () => {
      sandbox = await subject.sandbox()
    })
    afterAll(() => sandbox.destroy())

    test('reaches the process as it comes, and ends with the iterable', async () => {
      const stdin = new Feed()
      const execution = await sandbox.exec(
        request('while read -r line; do echo "got $line"; done; echo end', { stdin }),
      )
      stdin.push('one\n')
      await until(execution.stdout, 'got one\n')
      stdin.push('tw')
      stdin.push('o\nthree\n')
      await until(execution.stdout, 'got three\n')
      stdin.end()
      expect(await finish(execution)).toMatchObject({ stdout: 'end\n', exitCode: 0 })
      await execution.inputDone
    })

    test('is whole, whatever its pieces are', async () => {
      const pieces = [1, 0, 65_536, 3, 300_000, 64, 1_000_000].map((size, index) => Buffer.alloc(size, 97 + index))
      const execution = await sandbox.exec(request('', { argv: ['cat'], stdin: from(...pieces) }))
      const [output] = await Promise.all([bytes(execution.stdout), bytes(execution.stderr)])
      expect(output.equals(Buffer.concat(pieces))).toBe(true)
      await execution.inputDone
    })

    test('is taken no faster than the process reads', async () => {
      let taken = 0
      const piece = Buffer.alloc(64 * 1024)
      const stdin = (async function* () {
        for (; taken < 1000; taken += 1) yield piece
      })()
      const execution = await sandbox.exec(request('until [ -e go ]; do sleep 0.02; done; wc -c', { stdin }))
      // What fits on the way is soon taken; then nothing more is, however long it takes.
      let before = -1
      await eventually(async () => {
        const isStill = taken === before
        before = taken
        await run(sandbox, 'sleep 0.1')
        return isStill
      }, 'nothing more is taken')
      expect(taken).toBeLessThan(40)
      await sandbox.files.write('go', from(''), { overwrite: true })
      expect(await finish(execution)).toMatchObject({ stdout: `${1000 * piece.length}\n` })
      await execution.inputDone
    })

    test('is left when the process ends before it', async () => {
      const stdin = new Feed()
      stdin.push('first\n')
      const execution = await sandbox.exec(request('head -n 1', { stdin }))
      expect(await finish(execution)).toMatchObject({ stdout: 'first\n', exitCode: 0 })
      await execution.inputDone
      expect(stdin).toMatchObject({ taken: 1, left: true })
    })

    test('is not touched when nothing could be started', async () => {
      const stdin = new Feed()
      stdin.push('kept')
      await expect(sandbox.exec(request('', { argv: ['no-such-program'], stdin }))).rejects.toThrow(EngineError)
      expect(stdin).toMatchObject({ taken: 0, left: false })
    })

    test('ends for the process when the iterable fails, and the failure is told', async () => {
      const failure = new Error('the caller went away')
      const stdin = (async function* () {
        yield Buffer.from('so far\n')
        throw failure
      })()
      const execution = await sandbox.exec(request('cat; echo end', { stdin }))
      await expect(execution.inputDone).rejects.toBe(failure)
      expect(await finish(execution)).toMatchObject({ stdout: 'so far\nend\n', exitCode: 0 })
    })

    test('can be opened again by name, also when it has ended', async () => {
      const script = 'read -r first; echo "$first"; cat /dev/stdin; sleep 0.2; cat /dev/stdin; echo end'
      expect(await run(sandbox, script, { stdin: from('one\n', 'two\n') })).toMatchObject({
        stdout: 'one\ntwo\nend\n',
      })
    })

    test('of none is at its end at once', async () => {
      const execution = await sandbox.exec(request('cat; echo end'))
      expect(await finish(execution)).toMatchObject({ stdout: 'end\n' })
      await execution.inputDone
      await expect(execution.writeInput(from('x'))).rejects.toThrow(EngineError)
    })

    test('that is open is written by whoever has the handle, one after the other, until it is ended', async () => {
      const execution = await sandbox.exec(request('cat; echo end', { stdin: 'open' }))
      const other = await sandbox.execution(execution.id)
      await execution.writeInput(from('one\n'))
      await until(execution.stdout, 'one\n')
      await Promise.all([execution.writeInput(from('t', 'w', 'o\n')), other.writeInput(from('three\n'))])
      await until(execution.stdout, 'two\nthree\n')
      await other.endInput()
      expect(await text(execution.stdout)).toBe('end\n')
      await text(execution.stderr)
      expect((await execution.exit).exitCode).toBe(0)
    })

    test('that has ended, or that nobody reads, takes no more', async () => {
      const execution = await sandbox.exec(request('cat; until [ -e over ]; do sleep 0.02; done', { stdin: 'open' }))
      await execution.endInput()
      await expect(execution.writeInput(from('x'))).rejects.toThrow(InputClosedError)
      await expect(execution.endInput()).rejects.toThrow(InputClosedError)
      await sandbox.files.write('over', from(''), { overwrite: true })
      await finish(execution)
      const closed = await sandbox.exec(request('exec <&-; echo closed; sleep 1000', { stdin: 'open' }))
      await until(closed.stdout, 'closed')
      await expect(closed.writeInput(from('x'.repeat(1_000_000)))).rejects.toThrow(InputClosedError)
      const failure = new Error('the writer failed')
      const failing = await sandbox.exec(request('head -n 2', { stdin: 'open' }))
      const broken = (async function* () {
        yield Buffer.from('one\n')
        throw failure
      })()
      await expect(failing.writeInput(broken)).rejects.toBe(failure)
      // One writer's failure is not the end of the input.
      await failing.writeInput(from('two\n'))
      expect(await finish(failing)).toMatchObject({ stdout: 'one\ntwo\n', exitCode: 0 })
      await closed.kill()
    })
  })
}

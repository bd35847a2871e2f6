/** What a command did, and what it writes meanwhile. */
import type {
  Bytes,
  CommandEvent,
  CommandResult,
  CommandStatus,
  CommandStream,
  ExitEvent,
  OutputEvent,
  OutputListener,
} from 'sandbox-sessions-sdk'
import { expectTypeOf, test } from 'vitest'

declare const stream: CommandStream

test('a result says all, and leaves out nothing but what the server may', () => {
  expectTypeOf<CommandResult>().toEqualTypeOf<{
    readonly status: CommandStatus
    readonly exitCode: number | null
    readonly stdout: string
    readonly stderr: string
    readonly truncated: boolean
    readonly durationMs: number | undefined
    readonly ok: boolean
  }>()
})

test('an event is told by its type', () => {
  expectTypeOf<CommandEvent>().toEqualTypeOf<OutputEvent | ExitEvent>()
  expectTypeOf<CommandEvent['type']>().toEqualTypeOf<'stdout' | 'stderr' | 'exit'>()
  expectTypeOf<Extract<CommandEvent, { type: 'exit' }>['result']>().toEqualTypeOf<CommandResult>()
  const read = (event: CommandEvent): void => {
    if (event.type === 'exit') {
      expectTypeOf(event).toEqualTypeOf<ExitEvent>()
      expectTypeOf(event.result).toEqualTypeOf<CommandResult>()
    } else {
      expectTypeOf(event.type).toEqualTypeOf<'stdout' | 'stderr'>()
      expectTypeOf(event.data).toEqualTypeOf<string>()
      expectTypeOf(event).not.toHaveProperty('result')
    }
  }
  expectTypeOf(read).parameters.toEqualTypeOf<[event: CommandEvent]>()
})

test('a stream gives events, text or the result', () => {
  expectTypeOf(stream).toExtend<AsyncIterable<CommandEvent>>()
  expectTypeOf(stream).toExtend<AsyncDisposable>()
  expectTypeOf(stream.result).toEqualTypeOf<Promise<CommandResult>>()
  expectTypeOf(stream.stdout).toEqualTypeOf<ReadableStream<string>>()
  expectTypeOf(stream.stderr).toEqualTypeOf<ReadableStream<string>>()
  expectTypeOf<Parameters<CommandStream['abort']>>().toEqualTypeOf<[reason?: unknown]>()
  // Its result is a promise; the stream itself is none, or `await` would read it.
  expectTypeOf(stream).not.toHaveProperty('then')
})

test('output may be bytes all through', () => {
  expectTypeOf<Bytes>().toEqualTypeOf<Uint8Array<ArrayBuffer>>()
  expectTypeOf<CommandResult<Bytes>['stdout']>().toEqualTypeOf<Bytes>()
  expectTypeOf<CommandResult<Bytes>['stderr']>().toEqualTypeOf<Bytes>()
  expectTypeOf<CommandEvent<Bytes>>().toEqualTypeOf<OutputEvent<Bytes> | ExitEvent<Bytes>>()
  expectTypeOf<OutputEvent<Bytes>['data']>().toEqualTypeOf<Bytes>()
  expectTypeOf<CommandStream<Bytes>>().toExtend<AsyncIterable<CommandEvent<Bytes>>>()
  expectTypeOf<CommandStream<Bytes>['stderr']>().toEqualTypeOf<ReadableStream<Bytes>>()
  expectTypeOf<CommandStream<Bytes>['result']>().toEqualTypeOf<Promise<CommandResult<Bytes>>>()
  expectTypeOf<OutputListener<Bytes>>().toEqualTypeOf<(output: Bytes) => unknown>()
})

test('a listener may answer anything, a promise too', () => {
  expectTypeOf<OutputListener>().toEqualTypeOf<(text: string) => unknown>()
})

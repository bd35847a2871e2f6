import { rememberCall } from './call-of-result.js'
import { CallSite } from '../internal/call-site.js'
import { type Output, exact, readable } from '../internal/bytes.js'
import { type CommandEvent, type OutputEvent, readEvents } from './command-events.js'
import { CommandOutput } from './command-output.js'
import type { CommandResult } from './command-result.js'
import { SandboxAPIError, SandboxConnectionError } from '../errors.js'
import { LazyPromise } from '../internal/lazy-promise.js'
import type { OutputForm } from './output-form.js'
import type { CallControl } from '../core/call-control.js'

/** How much of the output an error carries, in characters or bytes for each stream. */
const rememberedOutput = 1024 * 1024
/** How much output waits for a slow reader, in characters or bytes. Beyond it the command waits too. */
const readAhead = 64 * 1024

/**
 * A running command, with its output as it comes. Loop over it for events, read `stdout` and `stderr`, or just wait for
 * the `result`. A slow reader slows the command.
 *
 * Leaving the loop early, {@link CommandStream.abort} and the end of an `await using` block close the connection, and the
 * server kills the command with all its descendants. So does a garbage collection, once nothing holds on to the stream any more.
 *
 * @example
 * ```ts
 * for await (const event of session.stream('npm test')) {
 *   if (event.type === 'exit') console.log('exit code', event.result.exitCode)
 *   else process[event.type].write(event.data)
 * }
 * ```
 */
export class CommandStream<Form extends Output = string> implements AsyncIterable<CommandEvent<Form>>, AsyncDisposable {
  /**
   * The result, without the output. Waiting for it reads the stream to its end when nobody else does.
   *
   * @throws {SandboxConnectionError} with the `output` so far, when the stream ends before the command has.
   */
  readonly result: Promise<CommandResult<Form>>
  readonly #form: OutputForm<Form>
  readonly #output: CommandOutput<Form>
  readonly #events: AsyncGenerator<CommandEvent<Form>, void, undefined>
  readonly #sinks: Partial<Record<OutputEvent['type'], ReadableStreamDefaultController<Form>>> = {}
  readonly #ending = new Ending<Form>()
  readonly #site = new CallSite()
  #call: CallControl | undefined
  /** Why the stream was left before its call began. */
  #left: { readonly reason: unknown } | undefined
  #reader: 'events' | 'streams' | 'result' | undefined
  #wake: (() => void) | undefined

  /** @internal `start` is called at once. It sends requests, and passes on the call of each as it begins. */
  constructor(start: (begun: (call: CallControl) => void) => Promise<Response>, form: OutputForm<Form>) {
    this.#form = form
    this.#output = new CommandOutput(form, rememberedOutput)
    this.result = new LazyPromise(() => {
      if (this.#reader === undefined) void this.#drain()
      return this.#ending.result
    })
    const response = start((call) => {
      this.#call = call
      this.#ending.follow(call, this.#output)
      if (this.#left !== undefined) call.abort(this.#left.reason)
    })
    response.catch((error: unknown) => this.#fail(error))
    this.#events = this.#read(response)
    const leave = this.#events.return.bind(this.#events)
    // The request ends first: a generator that waits for the next event can be left only when that has come.
    this.#events.return = (value) => {
      this.#leave()
      return leave(value)
    }
  }

  /** What the command writes to its standard output, as text or bytes. Get both streams before reading one, or the other is lost. */
  get stdout(): ReadableStream<Form> {
    return this.#stream('stdout')
  }

  /** What the command writes to its standard error, as text or bytes. */
  get stderr(): ReadableStream<Form> {
    return this.#stream('stderr')
  }

  /** Closes the connection, which kills the command. Readers get the reason. */
  abort(reason: unknown = new DOMException('The command was aborted.', 'AbortError')): void {
    this.#end(reason)
  }

  [Symbol.asyncIterator](): AsyncGenerator<CommandEvent<Form>, void, undefined> {
    this.#claim('events')
    return this.#events
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort()
    // The abort ends an iteration that is under way; one that never began must not keep the connection.
    await this.#events.return().catch(() => undefined)
  }

  async *#read(started: Promise<Response>): AsyncGenerator<CommandEvent<Form>, void, undefined> {
    try {
      for await (const event of readEvents(await started, this.#form)) {
        if (event.type === 'exit') this.#ending.resolve(rememberCall(event.result, this.#call))
        else this.#output.add(event)
        yield event
        if (event.type === 'exit') return
      }
      throw new SandboxConnectionError('The event stream ended before the command did.')
    } catch (thrown) {
      throw this.#fail(thrown)
    } finally {
      this.#leave()
    }
  }

  /** No effect when the stream has ended in any other way. */
  #leave(): void {
    this.#end(new SandboxAPIError('The stream was left before the command ended.'))
  }

  #end(reason: unknown): void {
    this.#left ??= { reason }
    this.#call?.abort(reason)
    // Perhaps nobody ever reads, so the result is settled here. No effect when the command has ended.
    this.#ending.reject(reason)
  }

  /** The error to throw; an error of the SDK gets everything that is known. */
  #fail(error: unknown): unknown {
    if (this.#call?.isForeign(error) !== true) {
      tellAll(error, this.#call, this.#output)
      this.#site.addTo(error)
    }
    this.#ending.reject(error)
    return error
  }

  async #drain(): Promise<void> {
    this.#claim('result')
    try {
      for await (const event of this.#events) if (event.type === 'exit') return
    } catch {
      // Waiting for the result throws it.
    }
  }

  #stream(type: OutputEvent['type']): ReadableStream<Form> {
    if (this.#sinks[type] !== undefined) throw new SandboxAPIError(`${type} of this command is being read already.`)
    if (this.#reader !== 'streams') {
      this.#claim('streams')
      // Later, so that the other stream can be asked for first.
      queueMicrotask(() => void this.#pump())
    }
    return new ReadableStream<Form>(
      {
        start: (controller) => void (this.#sinks[type] = controller),
        pull: () => this.#wake?.(),
        cancel: () => {
          Reflect.deleteProperty(this.#sinks, type)
          this.#wake?.()
          if (Object.keys(this.#sinks).length === 0) this.abort()
        },
      },
      { highWaterMark: readAhead, size: (piece) => piece.length },
    )
  }

  async #pump(): Promise<void> {
    try {
      for await (const event of this.#events) {
        if (event.type === 'exit') break
        this.#sinks[event.type]?.enqueue(event.data)
        while ((this.#sinks[event.type]?.desiredSize ?? 1) <= 0) {
          await new Promise<void>((resolve) => (this.#wake = resolve))
        }
      }
      for (const sink of Object.values(this.#sinks)) sink.close()
    } catch (error) {
      for (const sink of Object.values(this.#sinks)) sink.error(error)
    }
  }

  #claim(reader: 'events' | 'streams' | 'result'): void {
    if (this.#reader !== undefined) throw new SandboxAPIError('The output of this command is being read already.')
    this.#reader = reader
  }
}

/** How the command ended. It knows nothing of the stream, so that its call can hold on to it. */
class Ending<Form extends Output> {
  readonly result: Promise<CommandResult<Form>>
  #settle: { resolve(result: CommandResult<Form>): void; reject(reason: unknown): void } | undefined

  constructor() {
    this.result = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
    // It is no unhandled rejection when nobody asks for the result.
    this.result.catch(() => undefined)
  }

  resolve(result: CommandResult<Form>): void {
    this.#settle?.resolve(result)
  }

  reject(reason: unknown): void {
    this.#settle?.reject(reason)
  }

  /** Ends with the call: waiting for the result must not depend on a reader who does not go on reading. */
  follow(call: CallControl, output: CommandOutput<Form>): void {
    call.onAbort((reason) => {
      if (!call.isForeign(reason)) tellAll(reason, call, output)
      this.reject(reason)
    })
  }
}

function tellAll(error: unknown, call: CallControl | undefined, output: CommandOutput<Output>): void {
  if (error instanceof SandboxConnectionError) {
    error.output = readable(output)
    error.outputBytes = exact(output)
  }
  if (error instanceof SandboxAPIError) call?.explain(error)
}

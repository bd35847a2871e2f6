import { rm } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import type { IncomingCall } from './incoming-call.js'
import { Fifos } from './commands/fifos.js'
import { listExecutions, operate } from './commands/operations.js'
import { Commands } from './commands/run.js'
import { describe } from './files/describe.js'
import { asFailure } from './files/errno.js'
import { list } from './files/list.js'
import { read } from './files/read.js'
import { remove } from './files/remove.js'
import { sweep } from './files/sweep.js'
import { Uploads, usage } from './files/uploads.js'
import { Walks } from './files/walk.js'
import { write } from './files/write.js'
import { signal } from './processes/census.js'
import type { ProcessInfo } from './processes/census.js'
import { Hunt } from './processes/hunt.js'
import { inNamespace, markedBy } from './processes/marks.js'
import { PauseGuard } from './processes/pause-guard.js'
import type { Quarry } from './processes/hunt.js'
import { FrameKind } from './protocol/frames.js'
import type { Frame } from './protocol/frames.js'
import { Link } from './protocol/link.js'
import { maxRequestBytes, readyCall, Stream, parseRequest } from './protocol/messages.js'
import type { Outcome, Request } from './protocol/messages.js'
import type { SupervisorSettings } from './settings.js'

/** Runs what the engine asks for, inside the sandbox. */
export class Supervisor {
  readonly #settings: SupervisorSettings
  readonly #commands: Commands
  readonly #link: Link
  readonly #cancels = new Map<number, () => void>()
  readonly #walks = new Walks()
  readonly #uploads = new Uploads()
  #stopped: ProcessInfo[] = []
  #guard: PauseGuard | undefined

  /** @param hungUp - called when the engine is gone and every process of the sandbox is killed. */
  constructor(settings: SupervisorSettings, input: Readable, output: Writable, hungUp: () => void) {
    this.#settings = settings
    const fifos = new Fifos(settings.pipeDirectory)
    this.#commands = new Commands(settings, fifos)
    this.#link = new Link(input, output, maxRequestBytes, {
      control: (frame) => this.#control(frame),
      closed: () => {
        void this.#endAll().finally(hungUp)
      },
    })
    void fifos.refill()
    this.#link.send(FrameKind.reply, readyCall, {})
  }

  async #endAll(): Promise<void> {
    await new Hunt(this.#everything).kill()
    await rm(this.#settings.pipeDirectory, { recursive: true, force: true })
  }

  get #everything(): Quarry {
    const { isolated, mark } = this.#settings
    if (isolated) return inNamespace
    const isMarked = markedBy(mark)
    return (info) => info.parent === process.pid || isMarked(info)
  }

  #control(frame: Frame): void {
    if (frame.kind === FrameKind.request) void this.#answer(frame.call, parseRequest(frame.payload))
    else if (frame.kind === FrameKind.cancel) this.#cancels.get(frame.call)?.()
  }

  async #answer(id: number, request: Request): Promise<void> {
    const outputs: number[] = []
    let cancelled = false
    const listeners: (() => void)[] = []
    const call: IncomingCall = {
      input: this.#link.incoming(id, Stream.input),
      output: (stream) => {
        outputs.push(stream)
        return this.#link.outgoing(id, stream)
      },
      reply: (message) => this.#link.send(FrameKind.reply, id, message),
      get cancelled() {
        return cancelled
      },
      onCancel: (listener) => {
        if (cancelled) listener()
        else listeners.push(listener)
      },
    }
    this.#cancels.set(id, () => {
      cancelled = true
      for (const listener of listeners.splice(0)) listener()
    })
    let outcome: Outcome
    try {
      outcome = { ok: (await this.#perform(call, request)) ?? {} }
    } catch (error) {
      const { code, message } = asFailure(error)
      outcome = { failure: { code, message: message.slice(0, 1000) } }
      for (const stream of outputs) this.#link.forget(id, stream)
    }
    this.#cancels.delete(id)
    this.#link.forget(id, Stream.input)
    this.#link.send(FrameKind.done, id, outcome)
  }

  async #perform(call: IncomingCall, request: Request): Promise<unknown> {
    const { root } = this.#settings
    switch (request.op) {
      case 'exec':
        return this.#commands.run(call, request)
      case 'attach':
      case 'kill':
      case 'forget':
      case 'follow':
      case 'input':
      case 'signal':
        return operate(this.#commands, call, request)
      case 'executions':
        return listExecutions(this.#commands, this.#cancellable(call))
      case 'list':
        return list(root, request, this.#cancellable(call), this.#walks)
      case 'read':
        return read(root, request, this.#cancellable(call), (reply) => call.reply(reply))
      case 'stat':
        return describe(root, request, () => !call.cancelled)
      case 'write':
        call.onCancel(() => call.input.end())
        return write(
          root,
          request,
          call.input,
          this.#uploads,
          () => call.reply({}),
          () => !call.cancelled,
        )
      case 'remove':
        return remove(root, request)
      case 'sweep':
        return sweep(root)
      case 'usage':
        return usage(root, this.#uploads)
      case 'pause':
        return this.#pause(request.guard)
      case 'resume':
        this.#resume()
        return undefined
      case 'ping':
        return undefined
    }
  }

  #cancellable(call: IncomingCall) {
    const output = call.output(Stream.output)
    call.onCancel(() => output.end())
    return output
  }

  async #pause(isGuarded: boolean): Promise<void> {
    await this.#commands.pause()
    const hunt = new Hunt(this.#everything)
    hunt.freeze()
    this.#stopped.push(...hunt.stopped)
    this.#guard?.end()
    this.#guard = isGuarded ? new PauseGuard(this.#everything, (more) => this.#stopped.push(...more)) : undefined
  }

  #resume(): void {
    this.#guard?.end()
    this.#guard = undefined
    for (const info of this.#stopped.splice(0)) signal(info, 'SIGCONT')
    this.#commands.resume()
  }
}

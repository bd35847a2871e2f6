import type { Readable, Writable } from 'node:stream'
import { ExecStartError, FileAccessError, SandboxGoneError } from '../contract/errors.js'
import type { EngineError } from '../contract/errors.js'
import { frameCost, windowBytes } from '../guest/protocol/credit.js'
import { FrameKind, ProtocolError } from '../guest/protocol/frames.js'
import type { Frame } from '../guest/protocol/frames.js'
import { Link } from '../guest/protocol/link.js'
import { maxAnswerBytes, maxRequestBytes, readyCall, Stream } from '../guest/protocol/messages.js'
import type { Request } from '../guest/protocol/messages.js'
import { OutgoingCall } from './outgoing-call.js'

/** How many frames of a call may still be under way when it is forgotten: the smallest ones that fill the windows of its streams. */
const straysOfCall = 3 * (windowBytes / frameCost(1) + 2)

/** The most that many calls together may leave behind. */
const mostStrays = 100 * straysOfCall

/** How often a supervisor that owes an answer is pinged, in milliseconds. */
const pingIntervalMs = 10_000

/** How long it may take to answer a ping, in milliseconds. After that, the guest has stopped or replaced it. */
const pingTimeoutMs = 30_000

/**
 * The engine's end of the connection to a supervisor. The guest can take the supervisor over, so everything that comes from there
 * is checked and bounded, and ends the sandbox when it breaks the protocol.
 */
export class Connection {
  /** Resolves with the reason when the sandbox can no longer be talked to. */
  readonly gone: Promise<SandboxGoneError>
  readonly #link: Link
  readonly #calls = new Map<number, OutgoingCall>()
  readonly #ready: OutgoingCall
  #last = readyCall
  /** How many more frames may come for what has ended. */
  #strays = 0
  #reason: SandboxGoneError | undefined
  #tellGone: (reason: SandboxGoneError) => void = () => undefined
  #watch: NodeJS.Timeout | undefined

  /** Whether {@link Connection.gone} has resolved. */
  get closed(): boolean {
    return this.#reason !== undefined
  }

  constructor(input: Readable, output: Writable) {
    this.gone = new Promise((resolve) => (this.#tellGone = resolve))
    this.#link = new Link(input, output, maxAnswerBytes, {
      control: (frame) => this.#control(frame),
      strayed: (call) => this.#strayed(call),
      streamEnded: (call) => this.#forgetIfComplete(call),
      closed: (error) =>
        this.close(error instanceof ProtocolError ? 'The supervisor broke the protocol.' : 'The sandbox ended.'),
    })
    this.#ready = this.#register(readyCall, 0)
  }

  /** Resolves when the supervisor can take calls. */
  async ready(): Promise<void> {
    await this.#ready.reply
    this.#calls.delete(readyCall)
  }

  /**
   * @param outputs - how many streams the supervisor will send.
   * @throws {SandboxGoneError}
   * @throws {ExecStartError} or {FileAccessError} when the request is longer than any that could be carried out.
   */
  call(request: Request, outputs: 0 | 1 | 2 = 0): OutgoingCall {
    if (this.#reason !== undefined) throw new SandboxGoneError(this.#reason.message)
    const payload = Buffer.from(JSON.stringify(request))
    if (payload.length > maxRequestBytes) throw tooLong(request)
    this.#last = this.#last >= 0xffff_ffff ? 1 : this.#last + 1
    this.#strays = Math.min(this.#strays + straysOfCall, mostStrays)
    const call = this.#register(this.#last, outputs)
    this.#link.write(FrameKind.request, 0, this.#last, payload)
    this.#watch ??= this.#startWatch()
    return call
  }

  close(reason: string): void {
    if (this.#reason !== undefined) return
    this.#reason = new SandboxGoneError(reason)
    clearInterval(this.#watch)
    for (const call of this.#calls.values()) call.fail(this.#reason)
    this.#calls.clear()
    this.#link.close(undefined)
    this.#tellGone(this.#reason)
  }

  #register(id: number, outputs: number): OutgoingCall {
    const streams = [Stream.output, Stream.errorOutput].slice(0, outputs)
    const call = new OutgoingCall(
      this.#link.outgoing(id, Stream.input),
      streams.map((stream) => this.#link.incoming(id, stream)),
      () => this.#link.send(FrameKind.cancel, id, {}),
    )
    this.#calls.set(id, call)
    return call
  }

  #control(frame: Frame): void {
    const call = this.#calls.get(frame.call)
    if (call === undefined) throw new ProtocolError('A frame came for a call that does not exist.')
    if (frame.kind === FrameKind.reply) call.takeReply(frame.payload)
    else if (frame.kind === FrameKind.done) call.takeDone(frame.payload)
    else throw new ProtocolError('The kind of a frame is unknown.')
    this.#forgetIfComplete(frame.call)
  }

  /** What was under way when a call ended is no fault; more would cost this side without an end, and the guest nothing. */
  #strayed(call: number): void {
    this.#strays -= 1
    if (this.#strays >= 0 && (call <= this.#last || this.#calls.has(call))) return
    throw new ProtocolError('Frames came for streams that do not exist.')
  }

  #forgetIfComplete(id: number): void {
    if (this.#calls.get(id)?.complete !== true) return
    this.#calls.delete(id)
    for (const stream of Object.values(Stream)) this.#link.forget(id, stream)
    if (this.#calls.size > 0) return
    clearInterval(this.#watch)
    this.#watch = undefined
  }

  #startWatch(): NodeJS.Timeout {
    let asked: number | undefined
    return setInterval(() => {
      if (asked !== undefined) {
        if (performance.now() - asked > pingTimeoutMs) this.close('The supervisor does not answer any more.')
        return
      }
      asked = performance.now()
      const forget = (): void => {
        asked = undefined
      }
      this.call({ op: 'ping' }).done.then(forget, forget)
    }, pingIntervalMs).unref()
  }
}

/** To the supervisor, such a frame breaks the protocol: it would end, with everything that runs. */
function tooLong({ op }: Request): EngineError {
  return op === 'exec'
    ? new ExecStartError('The arguments, the environment and the working directory are too long.')
    : new FileAccessError('The path is too long.')
}

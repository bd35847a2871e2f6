import { closeSync, constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { Failure } from '../failure.js'

/** The longest time until a program that opens an ended input sees its end, in milliseconds. */
const maxIntervalMs = 100

/** How much may wait here for room in the pipe, in bytes. Waiting for each chunk would make a long input slow. */
const maxAheadBytes = 256 * 1024

/** The writing end of a command's standard input. */
export class CommandInput {
  readonly #fd: number
  readonly #socket: Socket
  #last: Promise<unknown> = Promise.resolve()
  /** Tells whether what was written before is in the pipe; false when it never will be. */
  #written: Promise<boolean> = Promise.resolve(true)
  #aheadBytes = 0
  #ended = false
  #holder: number | undefined
  #knock: NodeJS.Timeout | undefined

  constructor(writeFd: number) {
    this.#fd = writeFd
    this.#socket = new Socket({ fd: writeFd, readable: false, writable: true })
    // Nobody reads any more.
    this.#socket.on('error', () => (this.#ended = true))
  }

  /**
   * Resolves when all of it is in the pipe. A later write waits for that.
   *
   * @param isLast - the input ends after it.
   * @throws {Failure} InputClosed when the command takes no more.
   */
  pass(content: AsyncIterable<Uint8Array>, isLast: boolean): Promise<void> {
    const passing = this.#last.then(async () => {
      if (this.#ended) throw closed()
      // Not with `for await`: what the command does not take must not be taken from the sender.
      const chunks = content[Symbol.asyncIterator]()
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
        if (!(await this.#write(next.value))) throw closed()
      }
      // A command that has read all of it may have ended by now: that is no failure.
      if (!(await this.#written)) throw closed()
      if (isLast) this.#end()
    })
    this.#last = passing.catch(() => undefined)
    return passing
  }

  /** Drops what still waits to be written, since the command is over. */
  close(): void {
    this.#ended = true
    this.#socket.destroy()
    clearTimeout(this.#knock)
    if (this.#holder !== undefined) closeSync(this.#holder)
    this.#holder = undefined
  }

  /** @returns false when the command takes no more. */
  async #write(chunk: Uint8Array): Promise<boolean> {
    if (this.#ended) return false
    this.#aheadBytes += chunk.length
    this.#written = new Promise((resolve) => {
      this.#socket.write(chunk, (error) => {
        this.#ended ||= error instanceof Error
        this.#aheadBytes -= chunk.length
        // Node tells no error of a write that was under way when its socket was destroyed.
        resolve(!(error instanceof Error) && !this.#socket.destroyed)
      })
    })
    if (this.#aheadBytes >= maxAheadBytes) await this.#written
    return this.#takes
  }

  /** Another call may have ended it while this one waited. */
  get #takes(): boolean {
    return !this.#ended
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#holder = openAgain(this.#fd, constants.O_RDONLY)
    this.#socket.destroy()
    this.#knockLater(1)
  }

  /**
   * A program that opens `/dev/stdin` again would wait for ever, since a named pipe opens only when somebody opens its other end.
   * It is enough to do that briefly, now and then.
   */
  #knockLater(afterMs: number): void {
    this.#knock = setTimeout(() => {
      if (this.#holder === undefined) return
      const end = openAgain(this.#holder, constants.O_WRONLY)
      if (end !== undefined) closeSync(end)
      this.#knockLater(Math.min(2 * afterMs, maxIntervalMs))
    }, afterMs)
  }
}

function closed(): Failure {
  return new Failure('InputClosed', 'The command takes no more input.')
}

/** Either end of the pipe of a descriptor; undefined when there are too many descriptors. */
function openAgain(fd: number, flags: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, flags | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}

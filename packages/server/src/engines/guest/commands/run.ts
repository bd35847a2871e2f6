import { closeSync } from 'node:fs'
import type { DirectoryHandle } from '../files/directory-handle.js'
import { asFailure } from '../files/errno.js'
import { openDirectory } from '../files/locate.js'
import { Failure } from '../failure.js'
import type { ExecMessage, ExecOutcome } from '../protocol/messages.js'
import { Stream } from '../protocol/messages.js'
import type { Call } from '../call.js'
import type { SupervisorSettings } from '../settings.js'
import { Command } from './command.js'
import type { Fifos, Pipe } from './fifos.js'
import { OutputPump } from './output-pump.js'
import { spoolInput } from './spooled-input.js'

/** The commands that run, and what they need to start. */
export class Commands {
  readonly #settings: SupervisorSettings
  readonly #fifos: Fifos
  readonly #running = new Set<Command>()
  readonly #starting = new Set<Promise<unknown>>()
  #started = 0
  #paused = false

  constructor(settings: SupervisorSettings, fifos: Fifos) {
    this.#settings = settings
    this.#fifos = fifos
  }

  /** Stops the clocks of all commands, and starts no other; resolves when none is half started. */
  async pause(): Promise<void> {
    this.#paused = true
    await Promise.allSettled(this.#starting)
    for (const command of this.#running) command.pauseClock()
  }

  resume(): void {
    this.#paused = false
    for (const command of this.#running) command.resumeClock()
  }

  async run(call: Call, request: ExecMessage): Promise<ExecOutcome> {
    if (this.#paused) throw new Failure('ExecStart', 'the sandbox is paused')
    const starting = this.#start(call, request)
    this.#starting.add(starting)
    const { command, outputs } = await starting.finally(() => this.#starting.delete(starting))
    call.reply({})
    let killing: Promise<void> | undefined
    call.onCancel(() => {
      for (const output of outputs) output.hurry()
      killing = command.kill()
    })
    const outcome = await command.exit
    await killing
    this.#running.delete(command)
    for (const output of outputs) output.commandEnded()
    return outcome
  }

  async #start(call: Call, request: ExecMessage): Promise<{ command: Command; outputs: OutputPump[] }> {
    const { env, isolated, mark, pipeDirectory, root } = this.#settings
    await using directory = await workingDirectory(root, request.cwd)
    await using input = request.hasStdin ? await spoolInput(pipeDirectory, call.input) : undefined
    const pipes: Pipe[] = []
    try {
      const output = await this.#fifos.open()
      pipes.push(output)
      const errorOutput = await this.#fifos.open()
      pipes.push(errorOutput)
      const command = await Command.start({
        argv: request.argv,
        env: { ...env, ...request.env },
        directory: directory.at('.'),
        descriptors: [input?.fd ?? 'ignore', output.writeFd, errorOutput.writeFd],
        timeoutMs: request.timeoutMs,
        graceMs: request.graceMs,
        mark: `${mark}/${(this.#started += 1)}`,
        isAlone: () => this.#running.size + this.#starting.size <= 1,
        isolated,
      })
      this.#running.add(command)
      const outputs = [
        new OutputPump(output.readFd, call.output(Stream.output)),
        new OutputPump(errorOutput.readFd, call.output(Stream.errorOutput)),
      ]
      return { command, outputs }
    } catch (error) {
      for (const pipe of pipes) closeSync(pipe.readFd)
      throw error
    } finally {
      for (const pipe of pipes) closeSync(pipe.writeFd)
    }
  }
}

async function workingDirectory(root: string, path: string): Promise<DirectoryHandle> {
  try {
    return (await openDirectory(root, path)).handle
  } catch (error) {
    const failure = asFailure(error)
    if (failure.code === 'PathEscapes') throw failure
    throw new Failure(
      'ExecStart',
      `the working directory cannot be used: ${failure.message}; make it first or choose another`,
    )
  }
}

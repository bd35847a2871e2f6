import { closeSync } from 'node:fs'
import type { DirectoryHandle } from '../files/directory-handle.js'
import { asFailure } from '../files/errno.js'
import { openDirectory } from '../files/locate.js'
import { Failure } from '../failure.js'
import type { ExecMessage, ExecOutcome } from '../protocol/messages.js'
import { Stream } from '../protocol/messages.js'
import type { IncomingCall } from '../incoming-call.js'
import type { SupervisorSettings } from '../settings.js'
import { Scores } from '../processes/scores.js'
import { CommandProcess } from './command-process.js'
import { CommandInput } from './command-input.js'
import { Execution } from './execution.js'
import { Executions } from './executions.js'
import type { Fifos, Pipe } from './fifos.js'
import { OutputLog } from './output-log.js'
import { OutputPump } from './output-pump.js'

/** The commands that run, and what they need to start. */
export class Commands {
  readonly known = new Executions()
  readonly #settings: SupervisorSettings
  readonly #fifos: Fifos
  readonly #scores = new Scores()
  readonly #running = new Set<CommandProcess>()
  readonly #starting = new Map<string, Promise<unknown>>()
  #paused = false

  constructor(settings: SupervisorSettings, fifos: Fifos) {
    this.#settings = settings
    this.#fifos = fifos
  }

  /** Stops the clocks of all commands, and lets no other start. Resolves when none is half started. */
  async pause(): Promise<void> {
    this.#paused = true
    await Promise.allSettled(this.#starting.values())
    for (const command of this.#running) command.pauseClock()
  }

  resume(): void {
    this.#paused = false
    for (const command of this.#running) command.resumeClock()
  }

  get isPaused(): boolean {
    return this.#paused
  }

  async run(call: IncomingCall, request: ExecMessage): Promise<ExecOutcome> {
    const { id } = request
    if (this.#paused) throw new Failure('ExecStart', 'The sandbox is paused: resume it first.')
    if (this.known.has(id) || this.#starting.has(id)) throw new Failure('ExecStart', 'Another command has the same id.')
    const starting = this.#start(call, request)
    this.#starting.set(id, starting)
    const execution = await starting.finally(() => this.#starting.delete(id))
    this.known.add(execution)
    call.reply({})
    // It is no failure when the command takes no more of it.
    if (request.input === 'call') execution.input?.pass(call.input, true).catch(() => undefined)
    const outcome = await execution.outcome
    this.#running.delete(execution.command)
    return outcome
  }

  async #start(call: IncomingCall, request: ExecMessage): Promise<Execution> {
    const { env, isolated, mark, niceness } = this.#settings
    await using directory = await workingDirectory(this.#settings.root, request.cwd)
    const pipes: Pipe[] = []
    try {
      const output = await this.#open(pipes)
      const errorOutput = await this.#open(pipes)
      const input = request.input === 'none' ? undefined : await this.#fifos.openForInput()
      let command: CommandProcess
      try {
        command = await CommandProcess.start({
          argv: request.argv,
          env: { ...env, ...request.env },
          directory: directory.at('.'),
          descriptors: [input?.readFd ?? 'ignore', output.writeFd, errorOutput.writeFd],
          timeoutMs: request.timeoutMs,
          graceMs: request.graceMs,
          mark: `${mark}/${request.id}`,
          scores: this.#scores,
          isAlone: () => this.#running.size + this.#starting.size <= 1,
          isolated,
          niceness,
        })
      } catch (error) {
        if (input !== undefined) closeSync(input.writeFd)
        throw error
      } finally {
        if (input !== undefined) closeSync(input.readFd)
      }
      this.#running.add(command)
      const stdout = this.#pump(output, call.output(Stream.output), request)
      const stderr = this.#pump(errorOutput, call.output(Stream.errorOutput), request)
      return new Execution({
        id: request.id,
        command,
        input: input === undefined ? undefined : new CommandInput(input.writeFd),
        logs: { stdout: stdout.log, stderr: stderr.log },
        pumps: [stdout.pump, stderr.pump],
        isForgotten: request.keepBytes === 0,
      })
    } catch (error) {
      for (const pipe of pipes) closeSync(pipe.readFd)
      throw error
    } finally {
      for (const pipe of pipes) closeSync(pipe.writeFd)
    }
  }

  async #open(pipes: Pipe[]): Promise<Pipe> {
    const pipe = await this.#fifos.open()
    pipes.push(pipe)
    return pipe
  }

  #pump(
    { readFd }: Pipe,
    first: ReturnType<IncomingCall['output']>,
    { keepBytes }: ExecMessage,
  ): { log: OutputLog; pump: OutputPump } {
    const log = new OutputLog(keepBytes)
    void log.follow(0, first)
    return { log, pump: new OutputPump(readFd, log, first) }
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
      `The working directory cannot be used. ${failure.message} Make it first or choose another.`,
    )
  }
}

import { spawn } from 'node:child_process'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { EngineCapabilities, Sandbox } from '../contract/engine.js'
import { EngineError, EngineUnavailableError } from '../contract/errors.js'
import { systemPath, guestEnvironment } from '../host/guest-environment.js'
import { SupervisedEngine } from '../host/engine.js'
import type { Defaults } from '../host/held.js'
import { runScript } from '../host/run-script.js'
import { installRuntime } from '../host/runtime.js'
import type { Runtime } from '../host/runtime.js'
import type { Launched } from '../host/sandbox.js'
import { StartedProcess } from '../host/started-process.js'
import { Hunt } from '../guest/processes/hunt.js'
import { ProcessUsage } from '../limits/usage.js'
import { markedBy } from '../guest/processes/marks.js'
import type { SupervisorSettings } from '../guest/settings.js'

/** How long a supervisor may take to end what it started before the engine does it, in milliseconds. */
const endTimeoutMs = 5000

export interface ProcessOptions {
  /** Where sandboxes keep their files; the engine uses `process/` in it. Made when missing. */
  readonly dataDir: string
}

/**
 * Runs commands as plain processes of the server's own user, with no isolation at all: for trusted code only.
 *
 * A process that clears its environment and leaves its parent and its session looks like any other process of the machine, and
 * outlives the sandbox.
 */
export class ProcessEngine extends SupervisedEngine {
  readonly name = 'process'
  readonly capabilities: EngineCapabilities = {
    outlivesServer: false,
    terminal: false,
    ports: false,
    watch: false,
    limits: [],
    networks: ['unrestricted'],
  }
  readonly notices: readonly string[] = []
  protected readonly defaults: Defaults = { limits: {}, network: 'unrestricted' }
  readonly #base: string
  #runtime: Runtime | undefined

  constructor(options: ProcessOptions) {
    const base = resolve(options.dataDir, 'process')
    super(base)
    this.#base = base
  }

  protected async check(sandbox: Sandbox): Promise<void> {
    if ((await runScript(sandbox, 'echo works')) !== 'works\n') {
      throw new EngineUnavailableError('No shell could be run: `sh` has to be on the PATH.')
    }
  }

  protected async prepare(): Promise<void> {
    this.#runtime = await installRuntime(join(this.#base, 'runtime'))
  }

  protected async adopt(): Promise<void> {
    // The directory belongs to the server's own user already.
  }

  protected async launch(id: string, directory: string): Promise<Launched> {
    const runtime = this.#runtime
    if (runtime === undefined) throw new EngineError('The engine is not prepared.')
    const root = await realpath(directory)
    const pipeDirectory = await mkdtemp(join(tmpdir(), 'sandbox-pipes-'))
    const path = [...systemPath, dirname(process.execPath), runtime.bin]
    const settings: SupervisorSettings = {
      root,
      pipeDirectory,
      isolated: false,
      niceness: 0,
      mark: id,
      env: guestEnvironment(root, path),
    }
    const child = spawn(process.execPath, [runtime.main, JSON.stringify(settings)], {
      cwd: '/',
      env: { PATH: path.join(':') },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A Ctrl-C at the server's terminal is meant only for the server.
      detached: true,
    })
    const started = await StartedProcess.of(child).catch(async (error: unknown) => {
      await rm(pipeDirectory, { recursive: true, force: true })
      throw error
    })
    const end = async (): Promise<void> => {
      started.connection.close('The sandbox ended.')
      await Promise.race([started.ended, delay(endTimeoutMs, undefined, { ref: false })])
      if (started.running) child.kill('SIGKILL')
      await started.ended
      // Ends what the supervisor left over, for want of time or because it was killed.
      await new Hunt(markedBy(id)).kill()
      await rm(pipeDirectory, { recursive: true, force: true })
    }
    try {
      await started.ready()
      const isMarked = markedBy(id)
      const usage = new ProcessUsage((info) => info.pid === child.pid || isMarked(info))
      return { connection: started.connection, end, metrics: () => Promise.resolve(usage.now()) }
    } catch (error) {
      await end()
      throw error
    }
  }
}

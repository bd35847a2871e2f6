import type { ExecRequest, Execution, ExecutionHandle } from './execution.js'
import type { SandboxFiles } from './files.js'
import type { LimitName, NetworkPolicy, SandboxLimits, SandboxOptions } from './options.js'
import type { SandboxPorts } from './ports.js'

/**
 * The contract that every engine keeps. An engine isolates sessions; it knows nothing of HTTP, users or time to live.
 *
 * Nothing here names a local path or a process id: a container engine and a Kubernetes engine must fit without a change.
 * Bytes travel as async iterables, so that back-pressure reaches the sandbox: an engine stops reading a command's output
 * while nobody consumes it, and holds no more than a small window of it in memory.
 *
 * What only some engines can do is optional: {@link EngineCapabilities} says so before there is a sandbox, and a sandbox has an
 * optional member exactly when the engine can do it.
 */
export interface Engine {
  /** What `Session.engine` says, for example `bubblewrap`. */
  readonly name: string
  readonly capabilities: EngineCapabilities
  /**
   * What this engine cannot do on this machine that a reader of its documentation expects, and what would mend it: whole
   * sentences, for the log at the start. Complete once {@link Engine.probe} has resolved; capabilities are, too.
   */
  readonly notices?: readonly string[]
  /**
   * Proves that isolation works on this machine, by running something in it.
   *
   * @throws {EngineUnavailableError} with what to install or allow.
   */
  probe(): Promise<void>
  /**
   * Makes a new sandbox with an empty working directory. On failure nothing of it is left.
   *
   * @throws {ImageNotAvailableError} when this engine has nothing that the image could run on.
   * @throws {LimitNotAvailableError} @throws {NetworkNotAvailableError} for what this engine can't guarantee.
   */
  create(id: string, options: SandboxOptions): Promise<Sandbox>
  /** Ids of every sandbox whose files this engine still holds, also those made by an earlier run of the server. */
  list(): Promise<string[]>
  /**
   * Takes over a sandbox that an earlier run of the server made, or that ended by itself. Its files are still there. Its processes
   * are there only if it still runs, where sandboxes outlive the server.
   *
   * @param options What it was created with; `image` may also be the name that the sandbox gave.
   * @throws {SandboxGoneError} when nothing of it is left.
   */
  recover(id: string, options: SandboxOptions): Promise<Sandbox>
  /** Removes whatever is left of a sandbox by id, running or not. Removing an unknown one is no error. */
  remove(id: string): Promise<void>
  /**
   * Releases every sandbox and keeps its files, so that a later run can recover it. Ends every process, unless sandboxes
   * outlive the server.
   */
  close(): Promise<void>
}

export interface EngineCapabilities {
  /** {@link Engine.recover} finds the processes of a sandbox running, whatever happened to the server meanwhile. */
  readonly outlivesServer: boolean
  /** {@link ExecRequest.terminal} can be asked for. */
  readonly terminal: boolean
  /** Sandboxes have {@link Sandbox.ports}. */
  readonly ports: boolean
  /** Files have {@link SandboxFiles.watch}. */
  readonly watch: boolean
  /** Which limits can be asked for. */
  readonly limits: readonly LimitName[]
  /** Which networks can be asked for; `allow` stands for a list of hosts. */
  readonly networks: readonly ('none' | 'allow' | 'unrestricted')[]
}

export interface Sandbox {
  readonly id: string
  /** The image that really runs, which `Session.image` shows. */
  readonly image: string
  /** The limits that really apply, including the engine's own defaults. */
  readonly limits: SandboxLimits
  /** The network that the sandbox really has. */
  readonly network: NetworkPolicy
  /** It ended by itself, or was ended: every call throws SandboxGoneError, until {@link Engine.recover}. */
  readonly gone: boolean
  /** Starts a process. Resolves when it runs. @throws {ExecStartError} @throws {PathEscapesError} */
  exec(request: ExecRequest): Promise<Execution>
  /**
   * Finds a process that was started before and runs, or has ended and is kept.
   *
   * At least the last 16 that ended are kept, unless their outputs take more than 32 MiB together; the oldest go first.
   *
   * @throws {ExecutionNotFoundError}
   */
  execution(id: string): Promise<ExecutionHandle>
  /** Ids of those that {@link Sandbox.execution} finds, in the order of their start. */
  executions(): Promise<readonly string[]>
  /**
   * Stops every process where it stands, and the clocks of their timeouts. Until {@link Sandbox.resume}, `exec` throws
   * ExecStartError; files can be used.
   */
  pause(): Promise<void>
  /** Lets every process go on. */
  resume(): Promise<void>
  /** Ends every process and removes every file. Calling it again is no error. */
  destroy(): Promise<void>
  /**
   * Bytes of disk that its files take, without incomplete uploads and what is kept in memory.
   *
   * @throws {EngineError} when counting them takes too long.
   */
  diskUsage(): Promise<number>
  readonly files: SandboxFiles
  /** Missing where the engine can't reach ports. */
  readonly ports?: SandboxPorts
}

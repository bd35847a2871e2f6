/** What a sandbox is made with. What an engine can't hold it refuses; nothing is passed over. */
export interface SandboxOptions {
  /**
   * As the user wrote it; the engine says what it stands for in {@link Sandbox.image}, and takes that name, too. Default the
   * engine's own choice.
   */
  readonly image?: string | undefined
  /** Default those of the engine, which {@link Sandbox.limits} tells. */
  readonly limits?: SandboxLimits | undefined
  /** Default the engine's narrowest, which {@link Sandbox.network} tells. */
  readonly network?: NetworkPolicy | undefined
}

/** What all processes and files of a sandbox may use together; what is left out has no bound of its own. */
export interface SandboxLimits {
  /** Processors, a part of one included: 0.5 is half of the time of one. */
  readonly cpus?: number
  readonly memoryBytes?: number
  /** Bytes that its files may take on the disk. */
  readonly diskBytes?: number
  /** Processes and threads at once. */
  readonly processes?: number
}

export type LimitName = keyof SandboxLimits

/**
 * What the processes of a sandbox may connect to: nothing beyond it, only these hosts, or whatever the machine can.
 *
 * An entry of `allow` is a host name, `*.` and a domain for every name below it, or either with `:` and a port. A host that
 * is allowed is reached through the proxy that the environment of the processes names (`HTTP_PROXY` and its kin), and never
 * at an address of the server's own machine or private network.
 */
export type NetworkPolicy = 'none' | { readonly allow: readonly string[] } | 'unrestricted'

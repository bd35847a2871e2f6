/** What a sandbox is made with. An engine refuses what it can't guarantee; it ignores nothing. */
export interface SandboxOptions {
  /**
   * The image as the user named it. {@link Sandbox.image} says what the engine makes of it; the engine takes that name, too.
   * Default the engine's own choice.
   */
  readonly image?: string | undefined
  /** Default those of the engine; {@link Sandbox.limits} has them. */
  readonly limits?: SandboxLimits | undefined
  /** Default the engine's narrowest; {@link Sandbox.network} has it. */
  readonly network?: NetworkPolicy | undefined
}

/** What all processes and files of a sandbox may use together. What is left out has no limit of its own. */
export interface SandboxLimits {
  /** Processors, also fractions: 0.5 is half of the time of one. */
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
 * is allowed is reached through the proxy that the environment of the processes names (`HTTP_PROXY` and so on), and never
 * at an address of the server's own machine or private network.
 */
export type NetworkPolicy = 'none' | { readonly allow: readonly string[] } | 'unrestricted'

/** TCP ports at which processes of a sandbox listen, reached from the server. */
export interface SandboxPorts {
  /** Every port that something in the sandbox listens at, in ascending order. */
  list(): Promise<readonly ListeningPort[]>
  /**
   * Connects to a port as a program in the sandbox would by its loopback address, whether or not the sandbox has a network.
   *
   * @throws {PortNotListeningError} when nothing listens there.
   */
  connect(port: number): Promise<PortConnection>
}

export interface ListeningPort {
  readonly port: number
  /** The process that listens, where it is known. */
  readonly executionId?: string
}

/** Either direction ends by itself, as with TCP. What is not read makes the sender wait. */
export interface PortConnection {
  /** What the program in the sandbox sends. Throws when the connection broke. */
  readonly incoming: AsyncIterable<Uint8Array>
  /** Resolves when there is room for more. @throws {EngineError} when the connection broke. */
  write(bytes: Uint8Array): Promise<void>
  /** Sends nothing more to the program; what the program sends still comes. */
  end(): void
  /** Ends both directions at once. */
  close(): void
}

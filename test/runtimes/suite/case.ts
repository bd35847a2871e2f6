import type { Session, SessionsClient, SessionsClientOptions } from 'sandbox-sessions-sdk'

/** What one runtime has to get right. Nothing here knows a test framework or Node, so that a browser can run it too. */
export interface Case {
  /** Begins with the number of the issue that it belongs to, if it does. */
  readonly name: string
  readonly run: (context: Context) => Promise<void>
}

export interface Context {
  readonly client: SessionsClient
  readonly session: Session
  /** A path in the session that no other case uses. */
  readonly newPath: () => string
  /** A client of the same server with other options. */
  readonly connect: (options: SessionsClientOptions) => SessionsClient
  /** A client whose server does something wrong: what, is told in bent-server.ts. */
  readonly bent: (behaviour: string, options?: SessionsClientOptions) => SessionsClient
}

/** What the runner tells the suite, as JSON. */
export interface Settings {
  readonly apiUrl: string
  readonly token: string
  /** Where the server that does things wrong is, without a behaviour. */
  readonly bentUrl: string
  /** The built command line. */
  readonly commandLine: string
}

/** What the suite tells the runner: a line of JSON for each case. */
export interface Outcome {
  readonly name: string
  /** Why the case failed. Missing, it passed. */
  readonly error?: string
}

/** What the service throws beside the errors of the engine contract. */
export class SessionError extends Error {
  override name = 'SessionError'

  constructor(
    message: string,
    /** Free data about the error, for a program. */
    readonly details?: Readonly<Record<string, unknown>>,
  ) {
    super(message)
  }
}

/** No live session of this user has that id. */
export class SessionNotFoundError extends SessionError {
  override name = 'SessionNotFoundError'

  constructor(id: string) {
    super(`No session has the id ${id}. It may have expired or been deleted; create a new one.`, { sessionId: id })
  }
}

/** The session is not in a state that allows this. */
export class InvalidStateError extends SessionError {
  override name = 'InvalidStateError'
}

/** Something was to be started in a paused session. */
export class SessionPausedError extends SessionError {
  override name = 'SessionPausedError'

  constructor() {
    super('The session is paused. Resume it first.', { status: 'paused' })
  }
}

/** No room for another session. */
export class CapacityExceededError extends SessionError {
  override name = 'CapacityExceededError'
}

/** The service takes no new work, or ended what was running, because it shuts down. */
export class ShuttingDownError extends SessionError {
  override name = 'ShuttingDownError'

  constructor() {
    super('The server is shutting down. Try again when it is back.')
  }
}

/** A content is longer than the service takes. */
export class ContentTooLargeError extends SessionError {
  override name = 'ContentTooLargeError'

  constructor(limit: number) {
    super(`The content is larger than ${limit} bytes. Send less, or in parts.`, { limit })
  }
}

/** A value that no process can be started with. */
export class InvalidCommandError extends SessionError {
  override name = 'InvalidCommandError'
}

/** A file was to be written where a directory is. */
export class DirectoryInTheWayError extends SessionError {
  override name = 'DirectoryInTheWayError'
}

/** What the service throws in addition to the errors of the engine contract. */
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

/** No room for another session or command. */
export class CapacityExceededError extends SessionError {
  override name = 'CapacityExceededError'

  constructor(
    message: string,
    details: Readonly<Record<string, unknown>>,
    /** When it is worth trying again, in seconds, where something is known about that. */
    readonly retryAfter?: number,
  ) {
    super(message, details)
  }
}

/** The service takes no new work because it shuts down. */
export class ShuttingDownError extends SessionError {
  override name = 'ShuttingDownError'

  constructor() {
    super('The server is shutting down. Try again when it is back.')
  }
}

/** The caller went away before the work began. */
export class CallerGoneError extends SessionError {
  override name = 'CallerGoneError'

  constructor() {
    super('The caller went away before this began.')
  }
}

/** The work was cut off because the service shut down. It must not be repeated automatically. */
export class InterruptedError extends SessionError {
  override name = 'InterruptedError'

  constructor() {
    super('The server shut down while this ran. Look at what it left before you try again.')
  }
}

/** The work was cut off because the sandbox ended by itself. It must not be repeated automatically. */
export class SandboxEndedError extends SessionError {
  override name = 'SandboxEndedError'

  constructor() {
    super(
      'The sandbox ended while this ran. Its files are there, its processes are not; the next call starts it again.',
    )
  }
}

/** The idempotency key belongs to another request. */
export class IdempotencyKeyReusedError extends SessionError {
  override name = 'IdempotencyKeyReusedError'

  constructor() {
    super('This Idempotency-Key was used with another body. Use a new key for a new session.')
  }
}

/** The first call with this idempotency key has not ended yet. */
export class IdempotencyConflictError extends SessionError {
  override name = 'IdempotencyConflictError'

  constructor() {
    super('A call with this Idempotency-Key is still in flight. Try again when it has ended.')
  }
}

/** Metadata that could not be returned unchanged. */
export class InvalidMetadataError extends SessionError {
  override name = 'InvalidMetadataError'

  constructor(message: string) {
    super(message, { parameter: 'metadata' })
  }
}

/** A content is longer than the service takes. */
export class ContentTooLargeError extends SessionError {
  override name = 'ContentTooLargeError'

  constructor(limit: number) {
    super(`The content is larger than ${limit} bytes. Send less, or in parts.`, { limit })
  }
}

/** A content does not fit into what the session may still hold. */
export class QuotaExceededError extends SessionError {
  override name = 'QuotaExceededError'

  constructor(limit: number, left: number) {
    super(`The session may hold ${limit} bytes and has ${left} left. Delete files and try again.`, { limit, left })
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

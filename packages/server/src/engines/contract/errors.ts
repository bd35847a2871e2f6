/**
 * What an engine may throw; anything else that leaves an engine is a defect of it. The message is a whole sentence, since
 * callers of the API read it.
 */
export class EngineError extends Error {
  override name = 'EngineError'
}

/** The engine can't work on this machine; the message says what to install or allow. */
export class EngineUnavailableError extends EngineError {
  override name = 'EngineUnavailableError'
}

export class ImageNotAvailableError extends EngineError {
  override name = 'ImageNotAvailableError'
}

/** The engine can't enforce a limit that was asked for. */
export class LimitNotAvailableError extends EngineError {
  override name = 'LimitNotAvailableError'
}

/** The engine can't give, or can't take away, the network that was asked for. */
export class NetworkNotAvailableError extends EngineError {
  override name = 'NetworkNotAvailableError'
}

/** The engine can't do what was asked for; its capabilities say so. */
export class NotSupportedError extends EngineError {
  override name = 'NotSupportedError'
}

/** The sandbox ended, or never existed. */
export class SandboxGoneError extends EngineError {
  override name = 'SandboxGoneError'
}

/** The path is absolute, has a `..` that leaves the sandbox root, leaves it through a link, or holds a NUL. */
export class PathEscapesError extends EngineError {
  override name = 'PathEscapesError'
}

export class FileNotFoundError extends EngineError {
  override name = 'FileNotFoundError'
}

export class FileExistsError extends EngineError {
  override name = 'FileExistsError'
}

export class IsADirectoryError extends EngineError {
  override name = 'IsADirectoryError'
}

export class NotADirectoryError extends EngineError {
  override name = 'NotADirectoryError'
}

export class DirectoryNotEmptyError extends EngineError {
  override name = 'DirectoryNotEmptyError'
}

/** The guest's own rights do not allow it (for example, it made the file unreadable). */
export class FileAccessError extends EngineError {
  override name = 'FileAccessError'
}

/** No byte of the file is in the range that was asked for. */
export class RangeNotSatisfiableError extends EngineError {
  override name = 'RangeNotSatisfiableError'

  constructor(
    /** Bytes of the file. */
    readonly size: number,
  ) {
    super(`The file has ${size} bytes; none is in the range.`)
  }
}

/** The file is longer than a file in the sandbox may be. */
export class FileTooBigError extends EngineError {
  override name = 'FileTooBigError'
}

/** The disk is full. */
export class NoSpaceError extends EngineError {
  override name = 'NoSpaceError'
}

/** The sandbox is paused: resume it first. */
export class SandboxPausedError extends EngineError {
  override name = 'SandboxPausedError'
}

/** No process has that id, or it has ended and is no longer kept. */
export class ExecutionNotFoundError extends EngineError {
  override name = 'ExecutionNotFoundError'
}

/** The process has ended. */
export class ExecutionEndedError extends EngineError {
  override name = 'ExecutionEndedError'
}

/** The process takes no input: it was started without, or its input has ended. */
export class InputClosedError extends EngineError {
  override name = 'InputClosedError'
}

/** The output has not reached that position yet. */
export class OutputPositionError extends EngineError {
  override name = 'OutputPositionError'
}

/** Nothing listens at the port. */
export class PortNotListeningError extends EngineError {
  override name = 'PortNotListeningError'
}

/** The program or the working directory that was asked for is not there. */
export class ExecStartError extends EngineError {
  override name = 'ExecStartError'
}

import { UsageError } from './cli-error.js'
import { relativePath } from './workspace.js'

/** A file or directory in a session, as `<session>:<path>`. */
export interface RemotePath {
  readonly session: string
  /** Relative to the root of the session. Empty when no path was given. */
  readonly path: string
}

export function parseRemotePath(text: string): RemotePath {
  const colon = text.indexOf(':')
  if (colon < 1) throw new UsageError(`"${text}" must be <session>:<path>.`)
  return { session: text.slice(0, colon), path: relativePath(text.slice(colon + 1)) }
}

/** The path of a file; a directory is not enough. */
export function parseRemoteFile(text: string): RemotePath {
  const remote = parseRemotePath(text)
  if (remote.path === '') throw new UsageError(`"${text}" names no path: <session>:<path>.`)
  return remote
}

/** A directory of a session; the session alone stands for its root. */
export function parseRemoteDirectory(text: string): RemotePath {
  return text.includes(':') ? parseRemotePath(text) : { session: text, path: '' }
}

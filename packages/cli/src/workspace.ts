import { UsageError } from './cli-error.js'

/** The path at which the processes of a session see its root. The API's paths are relative to it, but people copy absolute ones. */
const workspace = '/workspace'

/** The path as the API takes it: an absolute path below the workspace becomes a relative one. */
export function relativePath(path: string): string {
  if (!path.startsWith('/')) return path
  if (path !== workspace && !path.startsWith(`${workspace}/`)) {
    throw new UsageError(`"${path}" is outside of ${workspace}. Give a path below it, or one relative to it.`)
  }
  const below = path.slice(workspace.length).replace(/^\/+/, '')
  return below === '' ? '.' : below
}

import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { acquireLock } from './lock.js'
import { makeDirectory } from './make-directory.js'
import { isSystemError } from './system-error.js'

/**
 * Where the server keeps its data by default: `/var/lib/sandbox-sessions` for root, else `sandbox-sessions` below
 * `XDG_STATE_HOME` or `~/.local/state`.
 */
export function defaultDataDir(env: NodeJS.ProcessEnv = process.env): string {
  if (process.getuid?.() === 0) return '/var/lib/sandbox-sessions'
  const { XDG_STATE_HOME: state } = env
  // The XDG specification treats an empty variable as unset.
  const base = state === undefined || state === '' ? path.join(os.homedir(), '.local', 'state') : state
  return path.join(base, 'sandbox-sessions')
}

/** The server's directory, held by this process alone until it is released. */
export interface DataDir {
  /** State files, for the server's user only. */
  readonly sessions: string
  /** The idempotency keys of sessions that have ended. */
  readonly keys: string
  /** For the engine. Other users can pass through it to what the engine makes accessible. */
  readonly sandboxes: string
  /** The token of a server without any configured credentials: made once, kept with mode 0600. */
  readToken(): Promise<string>
  release(): Promise<void>
}

/** @throws {Error} when the directory cannot be made or written, or another server uses it. */
export async function openDataDir(directory: string): Promise<DataDir> {
  const root = path.resolve(directory)
  try {
    // Others can pass but not list it, since the sandboxes inside run as users of their own.
    await makeDirectory(root, 0o711)
    const sandboxes = path.join(root, 'sandboxes')
    await makeDirectory(sandboxes, 0o711)
    const release = await acquireLock(path.join(root, 'lock'))
    return {
      sessions: path.join(root, 'sessions'),
      keys: path.join(root, 'idempotency-keys'),
      sandboxes,
      readToken: () => readOrMakeToken(path.join(root, 'token')),
      release,
    }
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new Error(`The data directory ${root} cannot be used: ${error.message}. Choose another with --data-dir.`, {
      cause: error,
    })
  }
}

async function readOrMakeToken(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isSystemError(error) && error.code === 'ENOENT') return ''
    throw error
  })
  if (kept.trim() !== '') return kept.trim()
  const token = randomBytes(32).toString('base64url')
  await rm(file, { force: true })
  await writeFileAtomic(file, `${token}\n`, { mode: 0o600 })
  return token
}

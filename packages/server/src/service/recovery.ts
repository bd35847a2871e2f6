import type { Engine, Sandbox } from '../engines/contract/engine.js'
import { SandboxGoneError } from '../engines/contract/errors.js'
import type { Clock } from './clock.js'
import type { Log } from './log.js'
import { LostSandbox } from './lost-sandbox.js'
import { boundsOf, type SessionRecord } from './record.js'

export interface RecoveredSession {
  readonly record: SessionRecord
  readonly sandbox: Sandbox
}

interface RecoveryOptions {
  readonly engine: Engine
  /** What the state files hold. */
  readonly records: readonly SessionRecord[]
  /** Removes the state of a session that is over. */
  readonly forget: (record: SessionRecord) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

/**
 * Matches the state files with the sandboxes that the engine still holds. A session that has both, and time left, is taken over;
 * everything else is removed.
 *
 * A paused session stays paused, as its owner left it. Its processes are gone, like those of every recovered session.
 */
export async function recoverSessions(options: RecoveryOptions): Promise<RecoveredSession[]> {
  const { engine, records, forget, clock, log } = options
  const held = new Set(await engine.list())
  const recovered: RecoveredSession[] = []
  for (const record of records) {
    if (held.delete(record.id) && record.expiresAt > clock.now()) {
      const sandbox = await takeOver(options, record)
      if (sandbox) recovered.push({ record, sandbox })
    } else {
      await engine.remove(record.id)
      await forget(record)
      log.info({ sessionId: record.id }, 'A session of an earlier run is over and was removed.')
    }
  }
  for (const id of held) {
    await engine.remove(id)
    log.info({ sessionId: id }, 'A sandbox without a session was removed.')
  }
  return recovered
}

/** Starts the sandbox of a session again, in the state that the session is in. @throws {SandboxGoneError} */
export async function recoverSandbox(engine: Engine, record: SessionRecord): Promise<Sandbox> {
  const { id, image, status } = record
  const sandbox = await engine.recover(id, { image, ...boundsOf(record) })
  if (status === 'paused') await sandbox.pause()
  return sandbox
}

async function takeOver(options: RecoveryOptions, record: SessionRecord): Promise<Sandbox | undefined> {
  const { engine, forget, log } = options
  try {
    return await recoverSandbox(engine, record)
  } catch (error) {
    if (error instanceof SandboxGoneError) {
      await engine.remove(record.id)
      await forget(record)
    }
    log.error({ sessionId: record.id, err: error }, 'The sandbox of a session of an earlier run could not be started.')
    // Other failures may be temporary: the next call that needs the sandbox tries again.
    return error instanceof SandboxGoneError ? undefined : new LostSandbox(engine, record)
  }
}

import type { Session } from 'sandbox-sessions-sdk'
import { operations, schemas } from 'sandbox-sessions-sdk/constraints'
import { CliError, UsageError } from './cli-error.js'
import { commandName } from './command-name.js'
import type { Context } from './context.js'
import { ExitCode } from './exit-code.js'

const wholeId = new RegExp(schemas.SessionId.pattern)
const beginning = /^[0-9a-f][0-9a-f-]{3,}$/i

export const sessionHelp = 'session id, or its first 4 or more characters'

/** Finds the session for an id or the beginning of one. */
export async function findSession(context: Context, reference: string): Promise<Session> {
  const { client, signal } = context
  if (wholeId.test(reference)) return await client.getSession(reference, { signal })
  if (!beginning.test(reference)) throw new UsageError(`"${reference}" is no ${sessionHelp}.`)
  const found: Session[] = []
  for await (const session of listSessions(context)) {
    if (session.sessionId.startsWith(reference.toLowerCase())) found.push(session)
  }
  const [only, ...others] = found
  if (only === undefined) throw new CliError(`No session begins with "${reference}".`, ExitCode.NotFound)
  if (others.length > 0) {
    throw new UsageError(`"${reference}" may be ${found.map((session) => session.sessionId).join(' or ')}.`)
  }
  return only
}

/** Every session of the user, in as few calls as possible. */
export function listSessions({ client, signal }: Pick<Context, 'client' | 'signal'>): AsyncIterable<Session> {
  return client.listSessions({ limit: operations.listSessions.parameters.limit.maximum }, { signal })
}

/** Refuses a beginning of an id, since it may match another session tomorrow. */
export function checkWholeId(reference: string): string {
  if (wholeId.test(reference)) return reference
  throw new UsageError(`"${reference}" must be a whole session id here (${commandName} ls shows them).`)
}

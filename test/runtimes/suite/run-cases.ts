import { SessionsClient, type SessionsClientOptions } from 'sandbox-sessions-sdk'
import type { Case, Context, Outcome, Settings } from './case.js'

/** So long that nothing which forgets to end can be taken for something slow: it keeps the process, and the runner sees it. */
const callMs = 60 * 60_000
const caseMs = 180_000

/** Runs the cases one by one, in a session of their own. */
export async function runCases(
  cases: readonly Case[],
  { apiUrl, token, bentUrl }: Settings,
  report: (outcome: Outcome) => void,
): Promise<void> {
  const connect = (options: SessionsClientOptions): SessionsClient =>
    new SessionsClient({ apiUrl, bearerToken: token, timeoutMs: callMs, ...options })
  let count = 0
  const newPath = (): string => `path-${(count += 1)}`
  const client = connect({})
  const session = await client.createSession()
  const bent = (behaviour: string, options: SessionsClientOptions = {}): SessionsClient =>
    connect({ apiUrl: `${bentUrl}/${behaviour}/${crypto.randomUUID()}/v1`, ...options })
  const context: Context = { client, session, newPath, connect, bent }
  for (const each of cases) report(await outcomeOf(each, context))
  await session.delete()
}

async function outcomeOf({ name, run }: Case, context: Context): Promise<Outcome> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It had not ended after ${caseMs / 1000} seconds`)), caseMs)
  })
  try {
    await Promise.race([run(context), late])
    return { name }
  } catch (error) {
    return { name, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  } finally {
    clearTimeout(timer)
  }
}

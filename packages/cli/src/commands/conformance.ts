import { SandboxConnectionError, UnauthorizedError } from 'sandbox-sessions-sdk'
import { UsageError } from '../cli-error.js'
import type { Context } from '../context.js'
import { ExitCode } from '../exit-code.js'
import { newCommand } from '../new-command.js'

export const conformanceCommand = (context: Context) =>
  newCommand(context, 'conformance')
    .description('check whether a server follows the spec: try every operation and check every answer')
    .option('--spec <file>', 'the OpenAPI 3.1 document to check against (default: the one that the SDK was made from)')
    .option('--mock', 'check the SDK instead, against a mock of the spec, such as Prism, with every documented answer')
    .option(
      '--other-token <token>',
      'the token of another user, to check that users cannot see each other (default: SANDBOX_OTHER_TOKEN)',
    )
    .option('--allow-additions', 'accept what the spec does not name: the server may speak a later version')
    .option('--strict-headers', 'treat headers that the spec does not name as failures')
    .action(async ({ spec: file, mock, otherToken, allowAdditions = false, strictHeaders }) => {
      // Loaded only by this command, so that the others start faster.
      const { loadSpec, runMock, runSuite, sandboxChecker } = await import('sandbox-sessions-conformance')
      const { describeReport } = await import('../describe-report.js')
      const spec = await loadSpec(file).catch((error: unknown) => {
        throw new UsageError(error instanceof Error ? error.message : String(error))
      })
      const checker = sandboxChecker(spec, { otherHeaders: strictHeaders !== true, additions: allowAdditions })
      const { signal } = context
      const { apiUrl, bearerToken } = target(context)
      if (mock !== true && bearerToken === '') throw new UsageError('Pass --token, or set SANDBOX_API_TOKEN.')
      await assertUsable(context, mock === true)
      const report =
        mock === true
          ? await runMock(apiUrl, checker, signal)
          : await runSuite(
              { apiUrl, bearerToken, signal, otherToken: otherToken ?? env('SANDBOX_OTHER_TOKEN') },
              checker,
            )
      await context.print(report, describeReport(report))
      if (!report.conforms) context.exitCode = ExitCode.Failure
    })

/** A server that can't be reached, or refuses the credentials, can't be checked: these are failures of their own. */
async function assertUsable({ client, signal }: Context, isMock: boolean): Promise<void> {
  try {
    if (isMock) await client.health({ signal })
    else await client.listSessions({ limit: 1 }, { signal })
  } catch (error) {
    const isThere = !(error instanceof SandboxConnectionError) || error.statusCode !== undefined
    if (!isThere || error instanceof UnauthorizedError || signal.aborted) throw error
  }
}

function target(context: Context): { apiUrl: string; bearerToken: string } {
  const { url, token } = context.globals()
  // The client is made from the same two options, and checks them.
  const apiUrl = (url ?? env('SANDBOX_API_URL') ?? '').replace(/\/+$/, '')
  return { apiUrl, bearerToken: token ?? env('SANDBOX_API_TOKEN') ?? '' }
}

function env(name: string): string | undefined {
  const value = process.env[name]
  return value === '' ? undefined : value
}

import { SandboxGoneError } from '../contract/errors.js'
import type { ExecRequest, Execution, ExecutionExit } from '../contract/engine.js'
import { booleanOf, countOf } from '../guest/protocol/json.js'
import type { JsonRecord } from '../guest/protocol/json.js'
import { ProtocolError } from '../guest/protocol/frames.js'
import type { Connection } from './connection.js'

/**
 * Starts a process and resolves when it runs.
 *
 * @param graceMs - how long what is ended may take to end by itself, in milliseconds.
 */
export async function startExecution(
  connection: Connection,
  request: ExecRequest,
  graceMs: number,
): Promise<Execution> {
  const call = connection.call(
    {
      op: 'exec',
      argv: [...request.argv],
      env: { ...request.env },
      cwd: request.cwd,
      hasStdin: request.stdin.length > 0,
      timeoutMs: request.timeoutMs,
      graceMs,
    },
    2,
  )
  if (request.stdin.length > 0) void call.input.write(request.stdin).then(() => call.input.end())
  await call.reply
  const [stdout, stderr] = call.outputs
  if (stdout === undefined || stderr === undefined) throw new TypeError('a command has two output streams')
  const exit = call.done.then((outcome) => {
    try {
      return exitOf(outcome)
    } catch (error) {
      connection.close('the supervisor broke the protocol')
      throw new SandboxGoneError('the supervisor broke the protocol', { cause: error })
    }
  })
  // Whoever only reads the output need not look at it.
  exit.catch(() => undefined)
  let over = false
  const markOver = (): void => {
    over = true
  }
  call.done.then(markOver, markOver)
  return {
    stdout,
    stderr,
    exit,
    async kill() {
      if (!over) call.cancel()
      await call.done.catch(() => undefined)
    },
  }
}

function exitOf(outcome: JsonRecord): ExecutionExit {
  const exitCode = outcome['exitCode']
  const isCode = typeof exitCode === 'number' && Number.isInteger(exitCode) && exitCode >= 0 && exitCode <= 255
  if (!isCode && exitCode !== null) throw new ProtocolError('an exit code is a byte or null')
  return { exitCode, timedOut: booleanOf(outcome, 'timedOut'), durationMs: countOf(outcome, 'durationMs') }
}

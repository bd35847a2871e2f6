import { randomUUID } from 'node:crypto'
import type { ExecRequest, Execution, ExecutionExit } from '../contract/execution.js'
import { ExecStartError, NotSupportedError } from '../contract/errors.js'
import type { IncomingStream } from '../guest/protocol/incoming-stream.js'
import { passContent } from './content.js'
import type { Connection } from './connection.js'
import { SupervisedHandle, exitOf } from './execution-handle.js'

/**
 * Starts a process and resolves when it runs.
 *
 * @param graceMs - how long the process may take to end by itself when it is ended, in milliseconds.
 * @param complete - adds to its exit what the supervisor does not know.
 */
export async function startExecution(
  connection: Connection,
  request: ExecRequest,
  graceMs: number,
  complete: (id: string, exit: Promise<ExecutionExit>) => Promise<ExecutionExit>,
): Promise<{ readonly execution: Execution; readonly outputs: readonly IncomingStream[] }> {
  const { argv, env, cwd, stdin, timeoutMs, keepOutputBytes = 0 } = request
  if (request.terminal !== undefined) throw new NotSupportedError('This engine has no terminals.')
  if (!Number.isSafeInteger(keepOutputBytes) || keepOutputBytes < 0) {
    throw new ExecStartError('keepOutputBytes must be a whole number.')
  }
  const id = randomUUID()
  const input = stdin === undefined ? 'none' : stdin === 'open' ? 'later' : 'call'
  const call = connection.call(
    { op: 'exec', id, argv: [...argv], env: { ...env }, cwd, input, timeoutMs, graceMs, keepBytes: keepOutputBytes },
    2,
  )
  await call.reply
  const [stdout, stderr] = call.outputs
  if (stdout === undefined || stderr === undefined) throw new TypeError('A command has two output streams.')
  const handle = new SupervisedHandle(connection, id, complete(id, exitOf(connection, call)))
  const inputDone = stdin === undefined || stdin === 'open' ? Promise.resolve() : passContent(stdin, call)
  // It is no unhandled rejection when the caller ignores it.
  inputDone.catch(() => undefined)
  return { execution: Object.assign(handle, { stdout, stderr, inputDone }), outputs: [stdout, stderr] }
}

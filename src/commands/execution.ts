import { limits } from '../../generated/calls.js'
import type { CallControl } from '../core/call-control.js'
import { checkRequestOptions } from '../core/call-options.js'
import type { Core } from '../core/core.js'
import type { Given } from '../core/operations.js'
import { SandboxAPIError } from '../errors.js'
import type { Output } from '../internal/bytes.js'
import { checkSessionId } from '../internal/checks.js'
import type { RequestOptions } from '../options.js'
import { rememberCall } from './call-of-result.js'
import { collect } from './collect.js'
import { type CommandResult, commandResult } from './command-result.js'
import { CommandStream } from './command-stream.js'
import { type OutputEncoding, type OutputForm, outputForm } from './output-form.js'
import { type CodeRequest, type CommandRequest, codeBody, commandBody } from './requests.js'

/**
 * The longest timeout, in seconds, of a command whose call waits without getting a byte. Node's own fetch gives up after 300,
 * whatever the deadline is. An event stream begins at once, and is kept alive.
 */
const longestSilence = 270

/** How much longer than the command's own timeout its call may take, for the network and the kill. */
const executionMarginMs = 15_000

type ExecutionId = 'executeCommand' | 'executeCode'

/** A command or code run that is about to be sent. */
interface Execution {
  readonly operation: ExecutionId
  readonly given: Given<ExecutionId>
  /** Whether its input is in base64. */
  readonly hasBytes: boolean
  /** Seconds. */
  readonly timeout: number
}

/** Runs commands and code: waits for their results, or streams their output. */
export class Executor {
  readonly #core: Core
  /** Whether the server is known to be of version 1.2.0 or later. */
  #takesBytes = false

  constructor(core: Core) {
    this.#core = core
  }

  async executeCommand(
    sessionId: string,
    request: CommandRequest<OutputEncoding>,
    options: RequestOptions,
  ): Promise<CommandResult<Output>> {
    return this.#execute(command(sessionId, request), outputForm(request), options)
  }

  async executeCode(
    sessionId: string,
    request: CodeRequest<OutputEncoding>,
    options: RequestOptions,
  ): Promise<CommandResult<Output>> {
    return this.#execute(code(sessionId, request), outputForm(request), options)
  }

  streamCommand(
    sessionId: string,
    request: CommandRequest<OutputEncoding>,
    options: RequestOptions,
  ): CommandStream<Output> {
    return this.#stream(() => command(sessionId, request), outputForm(request), options)
  }

  streamCode(sessionId: string, request: CodeRequest<OutputEncoding>, options: RequestOptions): CommandStream<Output> {
    return this.#stream(() => code(sessionId, request), outputForm(request), options)
  }

  async #execute<Form extends Output>(
    execution: Execution,
    form: OutputForm<Form>,
    options: RequestOptions,
  ): Promise<CommandResult<Form>> {
    const { operation, given, timeout, hasBytes } = execution
    if (timeout > longestSilence && checkRequestOptions(options).timeoutMs === undefined) {
      const stream = this.#stream(() => execution, form, options)
      return collect(stream, form, {})
    }
    if (hasBytes) await this.#assertTakesBytes(execution, options)
    let call: CallControl | undefined
    const result = await this.#core.body(operation, given, options, (wire) => commandResult(wire, form), {
      timeoutMs: timeout * 1000 + executionMarginMs,
      repeatable: false,
      begun: (begun) => (call = begun),
    })
    return rememberCall(result, call)
  }

  #stream<Form extends Output>(
    prepare: () => Execution,
    form: OutputForm<Form>,
    options: RequestOptions,
  ): CommandStream<Form> {
    const start = async (begun: (call: CallControl) => void): Promise<Response> => {
      const execution = prepare()
      const { operation, given, timeout, hasBytes } = execution
      if (hasBytes) await this.#assertTakesBytes(execution, options, begun)
      return await this.#core.stream(operation, given, options, {
        accept: 'text/event-stream, application/json;q=0.5',
        // A server of version 1.0.0 answers only when the command has ended.
        timeoutMs: timeout * 1000 + executionMarginMs,
        repeatable: false,
        begun,
      })
    }
    return new CommandStream(start, form)
  }

  /**
   * A server before version 1.2.0 silently takes base64 for text. Only an answer shows its version, so this runs a command that
   * does nothing.
   */
  async #assertTakesBytes(
    { given: { path } }: Execution,
    options: RequestOptions,
    begun: (call: CallControl) => void = () => undefined,
  ): Promise<void> {
    if (this.#takesBytes) return
    const body = { command: ':', encoding: 'base64' } as const
    const traits = { repeatable: true, begun }
    const encoding = await this.#core.body(
      'executeCommand',
      { path, body },
      options,
      (wire): unknown => wire.encoding,
      traits,
    )
    if (encoding !== body.encoding) {
      throw new SandboxAPIError(
        'stdin is not UTF-8, and this server takes only text: bytes need a server of version 1.2.0 of the Sandbox API. Upload ' +
          'them as a file, and let the command read that.',
      )
    }
    this.#takesBytes = true
  }
}

function command(sessionId: string, request: CommandRequest<OutputEncoding>): Execution {
  return execution('executeCommand', sessionId, commandBody(request))
}

function code(sessionId: string, request: CodeRequest<OutputEncoding>): Execution {
  return execution('executeCode', sessionId, codeBody(request))
}

function execution(operation: ExecutionId, sessionId: string, body: Given<ExecutionId>['body']): Execution {
  return {
    operation,
    given: { path: { sessionId: checkSessionId(sessionId) }, body },
    hasBytes: body.stdinEncoding === 'base64',
    timeout: body.timeout ?? limits[operation].timeout.default,
  }
}

import type { CommandResult } from '../commands/command-result.js'
import { SandboxOperationError } from '../errors.js'
import type { RequestOptions } from '../options.js'
import type { Session } from '../session.js'

/** The outcome of a command for one of its records: its output, or why it failed. */
export type Outcome = { readonly output: string } | { readonly failure: string }

/** The most records of one command. Each may cost a process in the session. */
const recordsPerCommand = 500
/** The most characters in the records of one command, far below what a request or the arguments of a program may have. */
const charactersPerCommand = 48 * 1024

/**
 * Runs commands for many files at a time, where the API has no operation. Standard input names the files, each ended by a NUL, so
 * that no name is taken for an option, a quote or a pattern. The output may be forged: processes of the session can replace every
 * program that is used here.
 */
export class RemoteCommands {
  readonly #session: Session
  readonly #options: RequestOptions
  /** Why this session can't run commands, once that is known. */
  #refusal: string | undefined

  constructor(session: Session, { signal, maxRetries, headers }: RequestOptions) {
    this.#session = session
    // The deadline of a transfer counts from piece to piece; a command has its own.
    this.#options = { signal, maxRetries, headers }
  }

  /** Passes all records to one program as its last arguments, in as many calls as needed. */
  async all(program: string, records: readonly string[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    for (const batch of batchesOf(records)) {
      const result = await this.run(`xargs -0 ${program}`, batch)
      if (typeof result === 'string') outcomes.push(...batch.map(() => ({ failure: result })))
      else if (result.ok) outcomes.push(...batch.map(() => ({ output: '' })))
      // One of them made it fail; running each by itself shows which.
      else outcomes.push(...(await this.#eachOf(`${program} "$r"`, batch)))
    }
    return outcomes
  }

  /** Runs a piece of shell for each record, which is in `$r`. It must hold no single quotes. */
  async each(script: string, records: readonly string[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    for (const batch of batchesOf(records)) outcomes.push(...(await this.#eachOf(script, batch)))
    return outcomes
  }

  /** @returns why the command could not be started, when that is so. */
  async run(command: string, records: readonly string[], cwd?: string): Promise<CommandResult | string> {
    if (this.#refusal !== undefined) return this.#refusal
    try {
      const stdin = records.map((record) => `${record}\0`).join('')
      return await this.#session.run(command, { ...this.#options, stdin, cwd })
    } catch (error) {
      if (!(error instanceof SandboxOperationError)) throw error
      this.#refusal = `No command can be run in the session: ${error.message}`
      return this.#refusal
    }
  }

  async #eachOf(script: string, records: readonly string[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    while (outcomes.length < records.length) {
      const rest = records.slice(outcomes.length)
      const result = await this.run(`xargs -0 sh -c '${perRecord(script)}' sh`, rest)
      const told = typeof result === 'string' ? [] : outcomesOf(result).slice(0, rest.length)
      // When a timeout or the limit on output cuts it off, it goes on where it stopped, unless it never gets past that record.
      outcomes.push(...told)
      if (told.length > 0) continue
      const failure = typeof result === 'string' ? result : reasonOf(result)
      if (typeof result === 'string' || !result.truncated) return [...outcomes, ...rest.map(() => ({ failure }))]
      outcomes.push({ failure })
    }
    return outcomes
  }
}

/** Prints for each record what the script prints, then 0 or 1 and a NUL. */
function perRecord(script: string): string {
  return `for r do if { ${script}; } 2>&1; then printf "0\\0"; else printf "1\\0"; fi; done`
}

function outcomesOf({ stdout }: CommandResult): Outcome[] {
  // What follows the last NUL was cut off.
  return stdout
    .split('\0')
    .slice(0, -1)
    .map((each) => (each.endsWith('0') ? { output: each.slice(0, -1) } : { failure: firstLine(each.slice(0, -1)) }))
}

function reasonOf({ status, exitCode, stderr, truncated }: CommandResult): string {
  if (truncated) return 'The command in the session printed too much.'
  const how = exitCode === null ? `ended with status ${status}` : `failed with exit code ${exitCode}`
  return `The command in the session ${how}: ${firstLine(stderr)}`
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 500) ?? ''
}

/** Each record with its outcome. */
export function* pairs<T>(
  records: readonly T[],
  outcomes: readonly Outcome[],
): Generator<[record: T, outcome: Outcome], void, undefined> {
  for (const [index, record] of records.entries()) {
    yield [record, outcomes[index] ?? { failure: 'Nothing is known of it.' }]
  }
}

function* batchesOf(records: readonly string[]): Generator<readonly string[], void, undefined> {
  let batch: string[] = []
  let characters = 0
  for (const record of records) {
    if (batch.length === recordsPerCommand || (characters > 0 && characters + record.length > charactersPerCommand)) {
      yield batch
      batch = []
      characters = 0
    }
    batch.push(record)
    characters += record.length + 1
  }
  if (batch.length > 0) yield batch
}

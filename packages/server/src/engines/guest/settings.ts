import { booleanOf, parseRecord, stringMapOf, stringOf } from './protocol/json.js'

/** What the engine tells the supervisor at its start, as JSON in the first argument. */
export interface SupervisorSettings {
  /** The sandbox root: an absolute path without links. */
  readonly root: string
  /** A directory of the supervisor's own, outside the sandbox root, for pipes. */
  readonly pipeDirectory: string
  /** In a PID namespace of its own: whatever runs there belongs to the sandbox. */
  readonly isolated: boolean
  /** Every command's environment carries it as the start of {@link COMMAND_MARK}'s value. */
  readonly mark: string
  /** The environment that every command gets. */
  readonly env: Readonly<Record<string, string>>
}

export function parseSettings(text: string | undefined): SupervisorSettings {
  const record = parseRecord(text ?? '')
  return {
    root: stringOf(record, 'root'),
    pipeDirectory: stringOf(record, 'pipeDirectory'),
    isolated: booleanOf(record, 'isolated'),
    mark: stringOf(record, 'mark'),
    env: stringMapOf(record, 'env'),
  }
}

import { booleanOf, countOf, parseRecord, stringMapOf, stringOf } from './protocol/json.js'

/** What the engine passes to the supervisor at its start, as JSON in the first argument. */
export interface SupervisorSettings {
  /** The sandbox root: an absolute path without links. */
  readonly root: string
  /** A directory of the supervisor's own, outside the sandbox root, for pipes. */
  readonly pipeDirectory: string
  /** Whether the sandbox has its own PID namespace, so that everything that runs there belongs to it. */
  readonly isolated: boolean
  /** How much commands give way to the supervisor, from 0 to 19 (`nice`): it has to answer beside hundreds of busy ones. */
  readonly niceness: number
  /** The value of {@link commandMark} in every command's environment begins with this. */
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
    niceness: countOf(record, 'niceness'),
    mark: stringOf(record, 'mark'),
    env: stringMapOf(record, 'env'),
  }
}

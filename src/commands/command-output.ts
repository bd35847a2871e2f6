import type { Output } from '../internal/bytes.js'
import type { OutputEvent } from './command-events.js'
import type { KeptOutput, OutputForm } from './output-form.js'

/** What a command has written so far, up to a limit for each of its outputs: of characters, or of bytes. */
export class CommandOutput<Form extends Output> {
  readonly #stdout: KeptOutput<Form>
  readonly #stderr: KeptOutput<Form>

  constructor(form: OutputForm<Form>, limit: number) {
    this.#stdout = form.keep(limit)
    this.#stderr = form.keep(limit)
  }

  get stdout(): Form {
    return this.#stdout.output
  }

  get stderr(): Form {
    return this.#stderr.output
  }

  /** Whether something was left out. */
  get truncated(): boolean {
    return this.#stdout.truncated || this.#stderr.truncated
  }

  add({ type, data }: OutputEvent<Form>): void {
    ;(type === 'stdout' ? this.#stdout : this.#stderr).add(data)
  }
}

import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'

/**
 * The answers that come through Prism, known by a header that Prism passes on to the server's side. Prism never answers when an
 * answer of the server breaks off: then it is broken off past Prism.
 */
export class Legs {
  static readonly header = 'x-leg'
  readonly #open = new Map<string, ServerResponse>()

  open(response: ServerResponse): string {
    const id = randomUUID()
    this.#open.set(id, response)
    response.on('close', () => this.#open.delete(id))
    return id
  }

  breakOff(id: string): void {
    this.#open.get(id)?.destroy()
  }
}

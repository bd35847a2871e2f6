/** It could not be looked at; the message says why. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

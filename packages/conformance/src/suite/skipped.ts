/** The check could not be made; the message says why. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

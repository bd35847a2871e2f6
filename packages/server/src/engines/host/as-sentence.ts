/** Adds a full stop to what another program or the system says, so that a sentence can follow. */
export function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/**
 * The shell command for a list of words. A single word is a shell command already. Several words are a program and its arguments,
 * which arrive unchanged.
 */
export function shellLine(words: readonly string[]): string {
  const [only = '', ...others] = words
  return others.length === 0 ? only : words.map(quote).join(' ')
}

function quote(word: string): string {
  return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

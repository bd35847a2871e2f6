/**
 * The shell command that a list of words stands for. One word is a shell command as it is; several are a program and its
 * arguments, and arrive as they were given.
 */
export function shellLine(words: readonly string[]): string {
  const [only = '', ...others] = words
  return others.length === 0 ? only : words.map(quote).join(' ')
}

function quote(word: string): string {
  return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

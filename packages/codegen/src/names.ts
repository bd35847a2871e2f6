/** Words that can't be the name of a constant. */
const reserved: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally ' +
    'for function if implements import in instanceof interface let new null package private protected public return static super ' +
    'switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
)

/**
 * A module with one export for each entry, so that a bundler drops unused ones. A reserved word is used as a name only in the
 * export. A name that is no identifier is exported in quotes, which TypeScript reads from 5.6 on.
 */
export function moduleOf(entries: Readonly<Record<string, unknown>>): string {
  const named = Object.entries(entries)
  if (named.length === 0) return 'export {}\n'
  return named
    .map(([name, value], index) => {
      if (isConstantName(name)) return `export ${constant(name, value)}`
      const own = `$${index}`
      return `${constant(own, value)}export { ${own} as ${isName(name) ? name : JSON.stringify(name)} }\n`
    })
    .join('\n')
}

export function constant(name: string, value: unknown): string {
  return `const ${name} = ${JSON.stringify(value, null, 2)} as const\n`
}

function isConstantName(name: string): boolean {
  return isName(name) && !reserved.has(name)
}

function isName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
}

/**
 * The blocks of a page. The words after the language, which no reader of the page sees, say what a test does with a block:
 *
 * - `runs`: it is run as it stands. A page's blocks are run in their order, in one folder that is empty at first.
 *   - `in=FILE` (programs): under that name.
 *   - `on=node` (programs): on Node alone.
 *   - `in=repository` (shell): in a copy of this repository.
 *   - `until=TEXT` (shell): it does not end by itself, and has worked when it has written that.
 *   - `with=tls` (programs): the server is reached by https, with a certificate that `ca.pem` is for.
 * - `part: REASON`: it can't be run as it stands, for that reason. A program is compiled all the same.
 */
export interface Snippet {
  readonly language: string
  readonly text: string
  /** Where it begins, for the title of its test. */
  readonly line: number
  readonly runs: boolean
  readonly settings: ReadonlyMap<string, string>
  /** What is wrong with the words after the language. */
  readonly problem?: string
}

const fence = /^(?<indent> *)```(?<info>.*)\n(?<body>[^]*?)^ *```$/gm

/** A block without a language, and a diagram, is no program, and not among them. */
export function snippetsOf(page: string): Snippet[] {
  const found: Snippet[] = []
  for (const { groups, index } of page.matchAll(fence)) {
    const { indent = '', info = '', body = '' } = groups ?? {}
    const [language = '', ...words] = info.trim().split(/\s+/)
    if (language === '' || language === 'mermaid') continue
    const line = page.slice(0, index).split('\n').length
    const text = body
      .split('\n')
      .map((each) => each.slice(Math.min(indent.length, each.search(/\S|$/))))
      .join('\n')
    found.push({ language, text, line, ...markOf(words) })
  }
  return found
}

/** The examples of docstrings: whole programs, which import the package, run; the others are compiled. */
export function examplesOf(source: string): Snippet[] {
  const found: Snippet[] = []
  for (const { groups, index } of source.matchAll(/^ *\* ```ts\n(?<body>[^]*?)^ *\* ```$/gm)) {
    const text = (groups?.['body'] ?? '').replace(/^ *\* ?/gm, '')
    const line = source.slice(0, index).split('\n').length
    found.push({ language: 'ts', text, line, runs: text.includes("from 'sandbox-sessions-sdk'"), settings: new Map() })
  }
  return found
}

function markOf([mode, ...words]: readonly string[]): Pick<Snippet, 'runs' | 'settings' | 'problem'> {
  const settings = new Map<string, string>()
  if (mode === 'part:' && words.length > 0) return { runs: false, settings }
  if (mode !== 'runs')
    return { runs: false, settings, problem: 'it says neither "runs", nor "part:" and why it can\'t run' }
  for (const word of words) {
    const [name = '', value = ''] = word.split('=')
    if (!['in', 'on', 'until', 'with'].includes(name) || value === '') {
      return { runs: false, settings, problem: `${word} means nothing` }
    }
    settings.set(name, value)
  }
  return { runs: true, settings }
}

/** What a program says that it prints: the rest of a line after `// prints`. */
export function printedBy({ text }: Snippet): string[] {
  return Array.from(text.matchAll(/\/\/ prints (.*)$/gm), ([, printed = '']) => printed.trim())
}

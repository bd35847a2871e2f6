import { javascriptPrograms } from './javascript.js'
import type { Program } from './program.js'
import { pythonPrograms } from './python.js'
import { bashPrograms } from './shell.js'

export type Language = 'python' | 'javascript' | 'bash'

/** How code of each language is run. */
const programs: Record<Language, (code: string) => Program[]> = {
  python: pythonPrograms,
  javascript: javascriptPrograms,
  bash: bashPrograms,
}

/** A byte order mark at the start belongs to the file that the code comes from, not to the code: Bash would run it. */
export function codePrograms(language: Language, code: string): Program[] {
  return programs[language](code.startsWith('\uFEFF') ? code.slice(1) : code)
}

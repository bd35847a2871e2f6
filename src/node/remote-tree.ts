import { octal } from './permissions.js'
import { type Outcome, type RemoteCommands, pairs } from './remote-commands.js'

/** A path in the session, and the mode to give it. */
export interface RemoteMode {
  readonly path: string
  readonly mode: number
}

/** As an operand: nothing that begins with this is an option, and no path of ours has `//` in it. */
const operand = (path: string): string => `./${path}`

/** Makes directories and their parents. It is no failure when one exists. */
export function makeDirectories(commands: RemoteCommands, paths: readonly string[]): Promise<Outcome[]> {
  return commands.all('mkdir -p --', paths.map(operand))
}

/** Makes symbolic links. With `overwrite`, it replaces a link or a file, but never a directory. */
export function makeLinks(
  commands: RemoteCommands,
  links: readonly { readonly path: string; readonly target: string }[],
  overwrite: boolean,
): Promise<Outcome[]> {
  const inTheWay = overwrite ? '[ -d "$p" ] && [ ! -L "$p" ]' : '[ -e "$p" ] || [ -L "$p" ]'
  const make = `ln -${overwrite ? 'sfn' : 'sn'} -- "$t" "$p"`
  // A record is the path, two slashes and the target.
  const script = `p=\${r%%//*}; t=\${r#*//}; if ${inTheWay}; then echo Something is there already.; false; else ${make}; fi`
  return commands.each(
    script,
    links.map(({ path, target }) => `${operand(path)}//${target}`),
  )
}

/**
 * Sets modes, those of a directory after what is in it, since the directory may become unreadable.
 *
 * @returns why it failed, by path, where it did.
 */
export async function setModes(
  commands: RemoteCommands,
  entries: readonly RemoteMode[],
): Promise<ReadonlyMap<string, string>> {
  const failures = new Map<string, string>()
  for (const { mode, paths } of groupsOf(entries)) {
    const outcomes = await commands.all(`chmod ${octal(mode)}`, paths.map(operand))
    for (const [path, outcome] of pairs(paths, outcomes)) {
      if ('failure' in outcome) failures.set(path, outcome.failure)
    }
  }
  return failures
}

/** The exact targets of links. */
export function readLinks(commands: RemoteCommands, paths: readonly string[]): Promise<Outcome[]> {
  return commands.each('readlink -n "$r"', paths.map(operand))
}

/**
 * Paths below a directory, relative to it, that a listing can't express: special files, and names that are not UTF-8 (with U+FFFD
 * in place of what is not). All names with letters other than ASCII are among them. Undefined when this can't be found out.
 */
export async function findUnlisted(commands: RemoteCommands, directory: string): Promise<string[] | undefined> {
  const isSpecial = '! -type f ! -type d ! -type l'
  const command = `export LC_ALL=C; find . \\( ${isSpecial} -o -name "$(printf '*[\\200-\\377]*')" \\) -print0`
  const result = await commands.run(command, [], directory)
  if (typeof result === 'string' || result.exitCode === null) return undefined
  return result.stdout
    .split('\0')
    .slice(0, -1)
    .map((each) => each.replace(/^\.\//, ''))
}

/** Entries of the same mode that may follow each other directly. */
function groupsOf(entries: readonly RemoteMode[]): { readonly mode: number; readonly paths: string[] }[] {
  const isOpen = ({ mode }: RemoteMode): boolean => (mode & 0o300) === 0o300
  const depth = ({ path }: RemoteMode): number => path.split('/').length
  const sorted = [
    ...entries.filter(isOpen).sort((a, b) => a.mode - b.mode),
    ...entries.filter((each) => !isOpen(each)).sort((a, b) => depth(b) - depth(a)),
  ]
  const groups: { mode: number; paths: string[] }[] = []
  for (const { mode, path } of sorted) {
    const last = groups.at(-1)
    if (last?.mode === mode) last.paths.push(path)
    else groups.push({ mode, paths: [path] })
  }
  return groups
}

import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import { visible } from '../format.js'

export interface Candidate {
  readonly value: string
  readonly description: string
}

/** Stands for the files of this machine, which the shell knows better how to complete. */
export const localFiles: Candidate = { value: ':files', description: '' }

/** Where a command line has come to, in the tree of commands. */
interface Position {
  readonly command: CommandUnknownOpts
  /** How many arguments of the command are there already. */
  readonly argument: number
  /** An option whose value comes next. */
  readonly option: Option | undefined
  /** Whether `--` was there, or what belongs to another command: no options of ours come any more. */
  readonly onlyArguments: boolean
}

/**
 * What may stand in place of the last of the words, which is being typed. The words are those after the program's name.
 *
 * @param sessions - The user's sessions, asked for only where one of them can stand.
 */
export async function candidates(
  program: CommandUnknownOpts,
  words: readonly string[],
  sessions: () => Promise<readonly Candidate[]>,
): Promise<Candidate[]> {
  const typed = words.at(-1) ?? ''
  const position = words.slice(0, -1).reduce(advance, start(program))
  // Without a server there still are the names of commands.
  const found = await possible(position, typed, () => sessions().catch(() => []))
  return found
    .filter((candidate) => candidate === localFiles || candidate.value.startsWith(typed))
    .map(({ value, description }) => ({ value, description: visible(description) }))
}

function start(command: CommandUnknownOpts): Position {
  return { command, argument: 0, option: undefined, onlyArguments: false }
}

function advance(position: Position, word: string): Position {
  const { command, argument, option, onlyArguments } = position
  // Bash splits --name=value into three words.
  if (word === '=') return position
  if (option !== undefined) return { ...position, option: undefined }
  if (!onlyArguments) {
    if (word === '--') return { ...position, onlyArguments: true }
    if (word.startsWith('-') && word !== '-') return { ...position, option: valueOption(command, word) }
    const child = argument === 0 ? command.commands.find((each) => each.name() === word) : undefined
    if (child !== undefined) return start(child)
    const meant = defaultCommand(command)
    if (meant !== undefined) return advance(start(meant), word)
  }
  // The names of the arguments say what they are: a command has options of its own.
  const isCommand = command.registeredArguments[argument + 1]?.name() === 'command'
  return { ...position, argument: argument + 1, onlyArguments: onlyArguments || isCommand }
}

function valueOption(command: CommandUnknownOpts, word: string): Option | undefined {
  return optionsOf(defaultCommand(command) ?? command).find(
    (option) => option.required && (option.long === word || option.short === word),
  )
}

async function possible(
  { command, argument, option, onlyArguments }: Position,
  typed: string,
  sessions: () => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  if (option !== undefined) return (option.argChoices ?? []).map((value) => ({ value, description: '' }))
  if (typed.startsWith('-') && !onlyArguments) {
    return optionsOf(defaultCommand(command) ?? command).map(({ long, short, description }) => ({
      value: long ?? short ?? '',
      description,
    }))
  }
  const commands = argument === 0 && !onlyArguments ? command.createHelp().visibleCommands(command) : []
  return [
    ...commands.map((each) => ({ value: each.name(), description: each.description() })),
    ...(await argumentValues(defaultCommand(command) ?? command, argument, sessions)),
  ]
}

/** Which command of a group is meant when none is named: by our custom, the first. */
function defaultCommand(command: CommandUnknownOpts): CommandUnknownOpts | undefined {
  return command.parent === null ? undefined : command.commands[0]
}

/** The names of the arguments say what they are. */
async function argumentValues(
  command: CommandUnknownOpts,
  index: number,
  sessions: () => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  const last = command.registeredArguments.at(-1)
  const argument = command.registeredArguments[index] ?? (last?.variadic === true ? last : undefined)
  switch (argument?.name()) {
    case 'session':
      return await sessions()
    case 'remote':
      return (await sessions()).map(({ value, description }) => ({ value: `${value}:`, description }))
    case 'local':
    case 'file':
      return [localFiles]
    default:
      return (argument?.argChoices ?? []).map((value) => ({ value, description: '' }))
  }
}

/** The options of a command and of the commands above it. */
function optionsOf(command: CommandUnknownOpts): Option[] {
  const help = command.createHelp()
  help.showGlobalOptions = true
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)]
}

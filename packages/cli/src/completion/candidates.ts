import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import { visible } from '../format.js'

export interface Candidate {
  readonly value: string
  readonly description: string
}

/** Stands for the files of this machine, which the shell completes better. */
export const localFiles: Candidate = { value: ':files', description: '' }

/** The position of a command line in the tree of commands. */
interface Position {
  readonly command: CommandUnknownOpts
  /** How many arguments of the command are typed already. */
  readonly argument: number
  /** An option whose value comes next. */
  readonly option: Option | undefined
  /** Whether no options of ours can follow, because `--` or the start of another command was typed. */
  readonly onlyArguments: boolean
}

/**
 * The candidates for the last of the words, which is being typed. The words are those after the program's name.
 *
 * @param sessions - The user's sessions, asked for only where a session can be typed.
 */
export async function candidates(
  program: CommandUnknownOpts,
  words: readonly string[],
  sessions: () => Promise<readonly Candidate[]>,
): Promise<Candidate[]> {
  const typed = words.at(-1) ?? ''
  const position = words.slice(0, -1).reduce(advance, start(program))
  // The names of commands are there even without a server.
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
  // The names of the arguments say what they are. A remote command has options of its own.
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

/** The default command of a group, which by our convention is the first. */
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

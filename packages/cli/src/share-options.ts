import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings'

/**
 * Accepts the options of every command after the name of a command as well. By itself, a parser with positional options takes them
 * only before it.
 */
export function shareOptions(program: CommandUnknownOpts): void {
  const shared = program.options.filter(({ long }) => long !== '--version')
  for (const command of descendants(program)) {
    for (const { flags, description, required } of shared) {
      const copy = new Option(flags, description).hideHelp()
      command.addOption(copy)
      command.on(`option:${copy.name()}`, (value: unknown) => {
        program.setOptionValue(copy.attributeName(), required ? value : true)
        // It is not one of the command's own options, which are passed on to the SDK.
        command.setOptionValue(copy.attributeName(), undefined)
      })
    }
  }
}

function descendants(command: CommandUnknownOpts): readonly CommandUnknownOpts[] {
  return command.commands.flatMap((each) => [each, ...descendants(each)])
}

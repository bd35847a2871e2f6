import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings'

/**
 * Lets the options that every command has stand behind the name of a command as well: where options have their places, the parser
 * takes them before it alone.
 */
export function shareOptions(program: CommandUnknownOpts): void {
  const shared = program.options.filter(({ long }) => long !== '--version')
  for (const command of descendants(program)) {
    for (const { flags, description, required } of shared) {
      const copy = new Option(flags, description).hideHelp()
      command.addOption(copy)
      command.on(`option:${copy.name()}`, (value: unknown) => {
        program.setOptionValue(copy.attributeName(), required ? value : true)
        // It is not the command's own: what it passes on of its options is for the SDK.
        command.setOptionValue(copy.attributeName(), undefined)
      })
    }
  }
}

function descendants(command: CommandUnknownOpts): readonly CommandUnknownOpts[] {
  return command.commands.flatMap((each) => [each, ...descendants(each)])
}

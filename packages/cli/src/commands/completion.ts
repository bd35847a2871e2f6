import { Argument } from '@commander-js/extra-typings'
import { newCommand } from '../new-command.js'
import { scripts, shells } from '../completion/scripts.js'
import { commandName } from '../command-name.js'
import type { Context } from '../context.js'

export const completionCommand = (context: Context) =>
  newCommand(context, 'completion')
    .description('print a script that completes commands, options and session ids')
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(shells))
    .addHelpText(
      'after',
      `
bash: source <(${commandName} completion bash)   in ~/.bashrc
zsh:  source <(${commandName} completion zsh)    in ~/.zshrc, after compinit
fish: ${commandName} completion fish | source    in ~/.config/fish/config.fish

For an alias in bash, say so after that line: complete -F _sandbox_sessions NAME. zsh and fish see through aliases.`,
    )
    .action(async (shell) => {
      await context.print({ shell, script: scripts[shell] }, scripts[shell].trimEnd())
    })

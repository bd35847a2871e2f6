import { commandName } from '../command-name.js'

export const fish = String.raw`# Completion of ${commandName} for fish: ${commandName} completion fish | source
function __sandbox_sessions_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
        if string match -q -- ':files*' $line
            __fish_complete_path "$current"
        else
            printf '%s\n' $line
        end
    end
end
complete -c ${commandName} -f -a '(__sandbox_sessions_candidates)'
`

import { commandName } from '../command-name.js'

export const bash = String.raw`# Completion of ${commandName} for bash: source <(${commandName} completion bash)
_sandbox_sessions() {
  local value description program="${'$'}{COMP_WORDS[0]}" current="${'$'}{COMP_WORDS[COMP_CWORD]}"
  [[ $current == = ]] && current=''
  # An alias is no program.
  type -P "$program" >/dev/null || program=${commandName}
  COMPREPLY=()
  while IFS=$'\t' read -r value description; do
    if [[ $value == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$current")
    else
      [[ $value == *: ]] && compopt -o nospace 2>/dev/null
      COMPREPLY+=("$value")
    fi
  done < <("$program" __complete -- "${'$'}{COMP_WORDS[@]:1:COMP_CWORD-1}" "$current" 2>/dev/null)
}
complete -F _sandbox_sessions ${commandName}
`

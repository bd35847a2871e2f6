import { commandName } from '../command-name.js'

export const zsh = String.raw`#compdef ${commandName}
# Completion of ${commandName} for zsh: source <(${commandName} completion zsh), or save it as _${commandName} in a directory of $fpath.
_${commandName}() {
  local -a candidates sessions
  local line value
  for line in "${'$'}{(@f)$("${'$'}{words[1]}" __complete -- "${'$'}{(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    value="${'$'}{line%%$'\t'*}"
    if [[ $value == :files ]]; then
      _files
    elif [[ $value == *: ]]; then
      sessions+=("${'$'}{value//:/\\:}:${'$'}{line#*$'\t'}")
    elif [[ -n $value ]]; then
      candidates+=("${'$'}{value//:/\\:}:${'$'}{line#*$'\t'}")
    fi
  done
  (( ${'$'}{#candidates} )) && _describe '${commandName}' candidates
  # What follows the colon of a session is a path, without a space before it.
  (( ${'$'}{#sessions} )) && _describe 'session' sessions -S ''
  return 0
}
if [[ $funcstack[1] == _${commandName} ]]; then
  _${commandName} "$@"
else
  compdef _${commandName} ${commandName}
fi
`

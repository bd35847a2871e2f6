export const zsh = String.raw`#compdef sandbox
# Completion of sandbox for zsh: source <(sandbox completion zsh), or save it as _sandbox in a directory of $fpath.
_sandbox() {
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
  (( ${'$'}{#candidates} )) && _describe 'sandbox' candidates
  # What follows the colon of a session is a path, without a space before it.
  (( ${'$'}{#sessions} )) && _describe 'session' sessions -S ''
  return 0
}
if [[ $funcstack[1] == _sandbox ]]; then
  _sandbox "$@"
else
  compdef _sandbox sandbox
fi
`

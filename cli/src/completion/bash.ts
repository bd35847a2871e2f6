export const bash = String.raw`# Completion of sandbox for bash: source <(sandbox completion bash)
_sandbox() {
  local value description current="${'$'}{COMP_WORDS[COMP_CWORD]}"
  [[ $current == = ]] && current=''
  COMPREPLY=()
  while IFS=$'\t' read -r value description; do
    if [[ $value == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$current")
    else
      [[ $value == *: ]] && compopt -o nospace 2>/dev/null
      COMPREPLY+=("$value")
    fi
  done < <("${'$'}{COMP_WORDS[0]}" __complete -- "${'$'}{COMP_WORDS[@]:1:COMP_CWORD-1}" "$current" 2>/dev/null)
}
complete -F _sandbox sandbox
`

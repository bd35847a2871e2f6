import { passText, type Program } from './program.js'

/** Bash where the sandbox has it, else the POSIX shell. */
export function commandPrograms(command: string): Program[] {
  return [shellProgram('bash', command), shellProgram('sh', command)]
}

export function bashPrograms(code: string): Program[] {
  return [shellProgram('bash', code)]
}

function shellProgram(shell: string, text: string): Program {
  return passText(
    text,
    (script) => [shell, '-c', script],
    // The substitution reads exactly its bytes and leaves the rest of standard input to the script.
    (size) => [shell, '-c', `eval "$(head -c ${size})"`],
  )
}

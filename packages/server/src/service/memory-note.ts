import type { ExecutionExit } from '../engines/contract/execution.js'
import type { SandboxLimits } from '../engines/contract/options.js'

/**
 * What the error output says last, as text, when a command failed and the kernel killed something of its sandbox for want of
 * memory. Otherwise its user would see no more than an exit code.
 */
export function memoryNote({ exitCode, outOfMemory }: ExecutionExit, { memoryBytes }: SandboxLimits): string {
  if (!outOfMemory || exitCode === 0) return ''
  const limit = memoryBytes === undefined ? '' : ` (limit ${Math.floor(memoryBytes / 1024 ** 2)} MiB)`
  return `The sandbox ran out of memory${limit}, and a program in it was killed.\n`
}

/** Adds the note on a line of its own. */
export function withNote(output: string, note: string): string {
  const isOpen = note !== '' && output !== '' && !output.endsWith('\n')
  return `${output}${isOpen ? '\n' : ''}${note}`
}

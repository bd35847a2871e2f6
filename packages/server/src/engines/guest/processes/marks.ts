import { environmentHas } from './census.js'
import type { ProcessInfo } from './census.js'
import type { Quarry } from './hunt.js'

/** The environment variable that identifies a command's processes, wherever they moved in the process tree. */
export const commandMark = 'SANDBOX_COMMAND_ID'

/** Everything that a sandbox started and that kept its mark. */
export function markedBy(mark: string): Quarry {
  return (info) => environmentHas(info.pid, `${commandMark}=${mark}/`)
}

/** Everything in the supervisor's PID namespace except its init. */
export function inNamespace(info: ProcessInfo): boolean {
  return info.pid !== 1
}

import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'

/** An argument for `sleep` by which its process is found on the host, among all others there. */
export function markedSleep(): string {
  return `4321.${randomUUID().replace(/\D/g, '').slice(0, 15)}`
}

/** Processes of the host, zombies left out, with this text in their command line. */
export function processesWith(marker: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      // A process may end while it is being looked at.
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(marker) && stateOf(pid) !== 'Z'
      } catch {
        return false
      }
    })
}

/** The letter that the kernel gives a process: R, S, T, Z and so on. */
export function stateOf(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return stat[stat.lastIndexOf(')') + 2]
}

import { readFileSync } from 'node:fs'

/** The processes from the parent of one up to, but without, this process: the nearest first. */
export function ancestorsOf(pid: number): number[] {
  const parent = parentOf(pid)
  return parent === process.pid || parent <= 1 ? [] : [parent, ...ancestorsOf(parent)]
}

function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

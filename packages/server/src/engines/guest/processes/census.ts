import { readFileSync, readdirSync } from 'node:fs'

export interface ProcessInfo {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly session: number
  /** One letter, as in /proc/PID/stat. */
  readonly state: string
  /** Distinguishes processes that had the same pid one after the other. */
  readonly key: string
}

/** Every process that is not yet a zombie. Synchronous, so that little changes while it looks. */
export function census(): Map<number, ProcessInfo> {
  const found = new Map<number, ProcessInfo>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const info = inspect(Number(name))
    if (info !== undefined && info.state !== 'Z' && info.state !== 'X') found.set(info.pid, info)
  }
  return found
}

export function inspect(pid: number): ProcessInfo | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  // The second field is the program's name in parentheses, and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state = '', parent = '', group = '', session = ''] = fields
  const started = fields[19] ?? ''
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    state,
    key: `${pid}:${started}`,
  }
}

/** Whether the environment that the process started with has a variable with this beginning (`NAME=value`). */
export function environmentHas(pid: number, beginning: string): boolean {
  let environment: string
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return false
  }
  return environment.startsWith(beginning) || environment.includes(`\0${beginning}`)
}

export function signal(info: ProcessInfo, name: 'SIGSTOP' | 'SIGCONT' | 'SIGTERM' | 'SIGKILL'): void {
  if (inspect(info.pid)?.key !== info.key) return
  try {
    process.kill(info.pid, name)
  } catch {
    // It ended in between.
  }
}

import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** What a hierarchy is used for. `processor-time` counts, `cpu` bounds. */
export type Purpose = 'memory' | 'cpu' | 'pids' | 'processor-time' | 'freezer'

/** Where the server's own processes are in a hierarchy of control groups. */
export interface Place {
  readonly version: 1 | 2
  /** Where the hierarchy is mounted. */
  readonly mount: string
  /** The directory of the group that the server is in. */
  readonly own: string
}

export interface Hierarchies {
  readonly v2: Place | undefined
  /** By controller: `memory`, `cpu` and so on. */
  readonly v1: ReadonlyMap<string, Place>
}

/** Finds the control groups that the server is in. */
export async function findHierarchies(): Promise<Hierarchies> {
  const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
  return parseHierarchies(await read('/proc/self/mountinfo'), await read('/proc/self/cgroup'))
}

/**
 * @param mounts - the text of /proc/PID/mountinfo.
 * @param membership - the text of /proc/PID/cgroup.
 */
export function parseHierarchies(mounts: string, membership: string): Hierarchies {
  const groups = new Map<string, string>()
  for (const line of membership.split('\n')) {
    const [, controllers = '', path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
    if (path !== undefined) for (const controller of controllers.split(',')) groups.set(controller, path)
  }
  const v1 = new Map<string, Place>()
  let v2: Place | undefined
  for (const line of mounts.split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    const [, , , root, mount] = before.split(' ').map(unescape)
    const [type, , options = ''] = after.split(' ')
    if (root === undefined || mount === undefined) continue
    const place = (version: 1 | 2, controller: string): Place | undefined => {
      const path = groups.get(controller)
      // A container may see only a part of the hierarchy.
      const inside = path === undefined ? undefined : relative(root, path)
      return inside === undefined || inside.startsWith('..') ? undefined : { version, mount, own: join(mount, inside) }
    }
    if (type === 'cgroup2') v2 ??= place(2, '')
    if (type !== 'cgroup') continue
    for (const controller of options.split(',')) {
      const found = place(1, controller)
      if (found !== undefined && !v1.has(controller)) v1.set(controller, found)
    }
  }
  return { v1, v2 }
}

/** Spaces and the like are written in octal there. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
}

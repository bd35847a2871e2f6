import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { NoControlGroups } from './control-groups.js'
import type { Bounds, ControlGroups } from './control-groups.js'
import { delegate } from './delegate.js'
import { KernelGroups } from './kernel-groups.js'
import { noticesFor } from './notices.js'
import { findHierarchies } from './places.js'
import type { Hierarchies, Place, Purpose } from './places.js'
import { Records } from './records.js'

const mib = 1024 ** 2

export interface ControlGroupsOptions {
  /** The engine's own directory, absolute and without links. */
  readonly directory: string
  /** What all sandboxes may use together. Default for memory: {@link memoryTogether}. */
  readonly together?: Bounds
  /** Default those of this process. */
  readonly hierarchies?: Hierarchies
  /** Default whether this process is root's. */
  readonly isRoot?: boolean
}

/** Finds out what the kernel lets the server bound, and prepares it. Never fails: what is missing is in the notices. */
export async function openControlGroups(options: ControlGroupsOptions): Promise<ControlGroups> {
  const { directory, together = {}, isRoot = process.getuid?.() === 0 } = options
  const hierarchies = options.hierarchies ?? (await findHierarchies())
  const parents = new Map<Purpose, { version: 1 | 2; path: string }>()
  const failures: unknown[] = []
  const attempt = async (operation: () => Promise<void>): Promise<void> => {
    await operation().catch((error: unknown) => failures.push(error))
  }
  const { v2 } = hierarchies
  if (v2 !== undefined) {
    await attempt(async () => {
      const { parent, controllers } = await delegate(v2, isRoot)
      await access(parent, constants.W_OK)
      for (const purpose of ['freezer', 'processor-time', ...controllers] as const) {
        parents.set(purpose, { version: 2, path: parent })
      }
    })
  }
  for (const purpose of ['memory', 'cpu', 'pids', 'processor-time'] as const) {
    const place = hierarchies.v1.get(purpose === 'processor-time' ? 'cpuacct' : purpose)
    if (parents.has(purpose) || place === undefined) continue
    await attempt(async () => {
      await access(place.own, constants.W_OK)
      parents.set(purpose, { version: 1, path: place.own })
    })
  }
  const memoryBytes = together.memoryBytes ?? memoryTogether(await availableMemory(hierarchies))
  const name = `sandbox-sessions-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`
  if (parents.size === 0) return new NoControlGroups(noticesFor(new Set(), failures[0]))
  try {
    return await KernelGroups.open({
      name,
      parents,
      together: { ...together, memoryBytes },
      notices: noticesFor(new Set(parents.keys()), failures[0]),
      records: new Records(join(directory, 'control-groups.json')),
    })
  } catch (error) {
    return new NoControlGroups(noticesFor(new Set(), error))
  }
}

/** What all sandboxes may use of a machine's memory: four fifths, less what the server needs, and no less than half. */
export function memoryTogether(total: number): number {
  return wholePages(Math.max(total / 2, 0.8 * total - 512 * mib))
}

/** What one sandbox may use if nothing else is asked for: half. */
export function memoryOfOne(total: number): number {
  return wholePages(total / 2)
}

/** Bytes of memory that the server and its sandboxes have: the machine's, or less in a container. */
export async function availableMemory(hierarchies?: Hierarchies): Promise<number> {
  const { v1, v2 } = hierarchies ?? (await findHierarchies())
  const limits = [totalmem(), ...(await limitsAbove(v2, 'memory.max'))]
  limits.push(...(await limitsAbove(v1.get('memory'), 'memory.limit_in_bytes')))
  return Math.min(...limits)
}

async function limitsAbove(place: Place | undefined, file: string): Promise<number[]> {
  const limits: number[] = []
  if (place === undefined) return limits
  for (let at = place.own; at.startsWith(place.mount); at = dirname(at)) {
    const text = await readFile(join(at, file), 'utf8').catch(() => 'max')
    const limit = Number(text)
    if (limit > 0) limits.push(limit)
    if (at === dirname(at)) break
  }
  return limits
}

function wholePages(bytes: number): number {
  return Math.floor(bytes / mib) * mib
}

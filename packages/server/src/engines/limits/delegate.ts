import { basename, dirname, join } from 'node:path'
import { inspect } from '../guest/processes/census.js'
import { codeOf, makeGroup, processesOf, put, textOf } from './group-files.js'
import type { Place } from './places.js'

/** The group beside the sandboxes' that the server moves itself to. */
const serverName = 'sandbox-server'

/** The controllers of version 2 that bound a sandbox. */
const wanted = ['memory', 'cpu', 'pids'] as const

export type Controller = (typeof wanted)[number]

export interface Delegated {
  /** Where the server may make groups. */
  readonly parent: string
  /** What it can have in them. */
  readonly controllers: ReadonlySet<Controller>
}

/**
 * Finds a group of version 2 in which the server may make some with controllers. Only groups without processes can have such,
 * so that the server moves itself, and what it was started by, out of its own: unless others are in that too, which are left
 * alone. Root falls back to the top of the hierarchy.
 *
 * @throws {Error} when no groups can be made at all.
 */
export async function delegate(place: Place, isRoot: boolean): Promise<Delegated> {
  const own = basename(place.own) === serverName ? dirname(place.own) : place.own
  const parents = isRoot && own !== place.mount ? [own, place.mount] : [own]
  let best: Delegated | undefined
  let failure: unknown
  for (const parent of parents) {
    try {
      const controllers = await enable(parent)
      if (best === undefined || controllers.size > best.controllers.size) best = { parent, controllers }
      if (controllers.size === wanted.length) break
    } catch (error) {
      failure ??= error
    }
  }
  if (best === undefined) throw failure
  return best
}

async function enable(parent: string): Promise<Set<Controller>> {
  const words = async (file: string): Promise<Set<string>> => new Set((await textOf(parent, file)).split(' '))
  const offered = await words('cgroup.controllers')
  const missing = wanted.filter((name) => offered.has(name))
  const enabled = await words('cgroup.subtree_control')
  if (missing.some((name) => !enabled.has(name))) await makeRoom(parent)
  const got = new Set<Controller>()
  for (const name of missing) {
    const isEnabled = enabled.has(name) || (await put(parent, 'cgroup.subtree_control', `+${name}`).then(yes, no))
    if (isEnabled) got.add(name)
  }
  return got
}

/** Moves the server and its launchers to a group of their own, when nothing else would stay. */
async function makeRoom(parent: string): Promise<void> {
  const launchers = launchersOf(process.pid)
  const present = await processesOf(parent)
  if (!present.includes(process.pid)) return
  // The group of a user's login is never ours, also when the server is all that is left of it.
  const isLogin = /^session-.*\.scope$/.test(basename(parent))
  if (isLogin || present.some((pid) => !launchers.has(pid))) return
  const server = join(parent, serverName)
  await makeGroup(server)
  for (const pid of present) {
    await put(server, 'cgroup.procs', pid).catch((error: unknown) => {
      if (codeOf(error) !== 'ESRCH') throw error
    })
  }
}

/** The process and those that it descends from. */
function launchersOf(pid: number): Set<number> {
  const found = new Set<number>()
  for (let at: number | undefined = pid; at !== undefined && at > 0 && !found.has(at); at = inspect(at)?.parent) {
    found.add(at)
  }
  return found
}

function yes(): boolean {
  return true
}

function no(): boolean {
  return false
}

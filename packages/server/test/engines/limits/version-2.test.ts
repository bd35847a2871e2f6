import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openControlGroups } from '../../../dist/engines/limits/open.js'
import { parseHierarchies } from '../../../dist/engines/limits/places.js'
import { temporaryDirectory } from '../support.js'

const mib = 1024 ** 2
const directories: { remove(): void }[] = []
afterEach(() => {
  for (const directory of directories.splice(0)) directory.remove()
})

describe('where the control groups of the server are', () => {
  test('is found for version 2 alone, for both versions together, and in a container', () => {
    const only = '25 21 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n'
    expect(parseHierarchies(only, '0::/user.slice/user-1000.slice/run-1.scope\n')).toEqual({
      v1: new Map(),
      v2: { version: 2, mount: '/sys/fs/cgroup', own: '/sys/fs/cgroup/user.slice/user-1000.slice/run-1.scope' },
    })
    const both = [
      '31 30 0:26 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
      '32 30 0:27 /docker/a\\040b /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
      '33 30 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
      '34 30 0:29 /docker/other /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids',
    ].join('\n')
    const membership = '9:pids:/elsewhere\n4:memory:/docker/a b/inner\n1:cpu,cpuacct:/\n0::/x\n'
    const { v1, v2 } = parseHierarchies(both, membership)
    expect(v1.get('memory')?.own).toBe('/sys/fs/cgroup/memory/inner')
    expect(v1.get('cpu')?.own).toBe('/sys/fs/cgroup/cpu,cpuacct')
    expect(v1.get('cpuacct')?.own).toBe('/sys/fs/cgroup/cpu,cpuacct')
    expect(v1.has('pids')).toBe(false)
    expect(v2?.own).toBe('/sys/fs/cgroup/unified/x')
  })
})

/**
 * A directory with the files of a group of version 2. A kernel fills each new group with files; here, each that is expected is
 * made before.
 */
function pretend(processes: string): { root: string; name: string; engine: string } {
  const directory = temporaryDirectory()
  directories.push(directory)
  const root = join(directory.path, 'cgroup')
  const engine = join(directory.path, 'engine')
  mkdirSync(engine)
  const group = (path: string, ...files: string[]): void => {
    mkdirSync(path, { recursive: true })
    for (const file of ['cgroup.procs', 'cgroup.subtree_control', ...files]) writeFileSync(join(path, file), '')
  }
  group(root)
  writeFileSync(join(root, 'cgroup.controllers'), 'cpuset cpu io memory pids')
  writeFileSync(join(root, 'cgroup.procs'), processes)
  group(join(root, 'sandbox-server'))
  return { root, name: 'sandbox-sessions', engine }
}

describe('control groups of version 2, as far as files show it', () => {
  const open = (root: string, engine: string): ReturnType<typeof openControlGroups> =>
    openControlGroups({
      directory: engine,
      isRoot: false,
      together: { memoryBytes: 512 * mib },
      hierarchies: { v1: new Map(), v2: { version: 2, mount: root, own: root } },
    })

  test('the server moves itself out of its group before that gets controllers', async () => {
    const { root, engine } = pretend(`${process.pid}\n${process.ppid}`)
    await open(root, engine)
    // Each was written alone; a file keeps the last one.
    expect(readFileSync(join(root, 'sandbox-server', 'cgroup.procs'), 'utf8')).toContain(String(process.ppid))
    expect(readFileSync(join(root, 'cgroup.subtree_control'), 'utf8')).toContain('+pids')
    expect(readdirSync(root).some((name) => name.startsWith('sandbox-sessions-'))).toBe(true)
  })

  test('it moves nobody when others are in its group', async () => {
    const { root, engine } = pretend(`${process.pid}\n999999999`)
    await open(root, engine)
    expect(readFileSync(join(root, 'sandbox-server', 'cgroup.procs'), 'utf8')).toBe('')
  })

  test('where no group can be made, it says what is not bounded and what to do', async () => {
    const { engine } = pretend('')
    const groups = await openControlGroups({ directory: engine, hierarchies: { v1: new Map(), v2: undefined } })
    expect([...groups.bounds]).toEqual([])
    expect(groups.notices.join('\n')).toMatch(/Memory of sandboxes is not bounded.*systemd-run --user --scope/)
    const group = await groups.make('id', {})
    expect(await group.usage()).toEqual({})
    expect(group.canFreeze).toBe(false)
  })
})

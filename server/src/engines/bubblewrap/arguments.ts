import { GUEST_ID, INSIDE } from './layout.js'
import type { BubblewrapLimits } from './limits.js'

export interface Mounts {
  /** The sandbox's directory on the host. */
  readonly workspace: string
  /** The runtime's directory on the host. */
  readonly runtime: string
  /** A Node binary to put at {@link INSIDE.node}; undefined when it comes with /usr. */
  readonly node: string | undefined
  /** The host's /bin, /lib and so on: where the link leads, or undefined for a real directory. */
  readonly systemLinks: ReadonlyMap<string, string | undefined>
}

/** Files of /etc that programs need and that tell nothing about the host. */
const ETC = [
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'alternatives',
  'ssl',
  'nsswitch.conf',
  'localtime',
  'mime.types',
]

/** What bwrap reads from `--args`. Descriptors: 4 the system call filter, 5 where it tells the child's pid. */
export function bubblewrapArguments(mounts: Mounts, limits: BubblewrapLimits, canDisableUserns: boolean): string[] {
  const etc = `${mounts.runtime}/etc`
  return [
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-net', '--unshare-cgroup-try'],
    ...['--uid', String(GUEST_ID), '--gid', String(GUEST_ID), '--hostname', 'sandbox', '--cap-drop', 'ALL'],
    // Older ones have not got it; the system call filter forbids further namespaces anyway.
    ...(canDisableUserns ? ['--disable-userns'] : []),
    ...['--die-with-parent', '--new-session', '--clearenv', '--seccomp', '4', '--info-fd', '5'],
    ...['--ro-bind', '/usr', '/usr'],
    ...[...mounts.systemLinks].flatMap(([path, target]) =>
      target === undefined ? ['--ro-bind', path, path] : ['--symlink', target, path],
    ),
    ...ETC.flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    ...['passwd', 'group', 'hosts'].flatMap((name) => ['--ro-bind', `${etc}/${name}`, `/etc/${name}`]),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...tmpfs('/dev/shm', limits.shmBytes, '1777'),
    ...['--remount-ro', '/dev'],
    ...tmpfs('/tmp', limits.tmpBytes, '1777'),
    ...tmpfs(INSIDE.pipes, limits.inputBytes, '0700'),
    ...['--ro-bind', mounts.runtime, INSIDE.runtime],
    ...(mounts.node === undefined ? [] : ['--ro-bind', mounts.node, INSIDE.node]),
    ...['--bind', mounts.workspace, INSIDE.workspace, '--chdir', INSIDE.workspace],
    // Last: what is mounted above stays as it is.
    ...['--remount-ro', '/'],
  ]
}

/** The first program in the sandbox: the limits have to be set where they count for this sandbox alone. */
export function limitArguments(limits: BubblewrapLimits): string[] {
  const { processes, openFiles, fileBytes } = limits
  const of = (name: string, value: number): string => `--${name}=${value}:${value}`
  return [
    ...['/usr/bin/prlimit', of('nproc', processes), of('nofile', openFiles), of('core', 0), of('fsize', fileBytes)],
    '--',
  ]
}

function tmpfs(path: string, bytes: number, mode: string): string[] {
  return ['--perms', mode, '--size', String(bytes), '--tmpfs', path]
}

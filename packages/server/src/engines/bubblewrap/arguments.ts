import { guestId, insidePaths } from './layout.js'
import type { BubblewrapLimits } from './limits.js'

export interface Mounts {
  /** The sandbox's directory on the host. */
  readonly workspace: string
  /** The runtime's directory on the host. */
  readonly runtime: string
  /** A Node binary to put at {@link insidePaths.node}; undefined when it comes with /usr. */
  readonly node: string | undefined
  /** The host's /bin, /lib and so on: where the link leads, or undefined for a real directory. */
  readonly systemLinks: ReadonlyMap<string, string | undefined>
  /** More names in the host's /etc that the guest sees. */
  readonly etc: readonly string[]
}

/**
 * Files of /etc that programs need, and that reveal nothing about the host except which system it runs. Files that may hold
 * names, addresses or credentials (machine-id, resolv.conf, gitconfig, npmrc, pip.conf) stay out.
 */
const etcNames = [
  'alternatives',
  'debian_version',
  'fonts',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'lsb-release',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'protocols',
  'services',
  'ssl',
  'terminfo',
  'timezone',
]

/** Files that the sandbox gets of its own, in the runtime's directory. */
const ownEtc = ['group', 'hostname', 'hosts', 'passwd']

/** Bytes of the directory for pipes, which holds only their names. */
const pipesBytes = 1024 ** 2

/** What bwrap reads from `--args`. Descriptor 4 has the system call filter, and bwrap writes the child's pid to 5. */
export function bubblewrapArguments(mounts: Mounts, limits: BubblewrapLimits, canDisableUserns: boolean): string[] {
  const etc = `${mounts.runtime}/etc`
  return [
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-net', '--unshare-cgroup-try'],
    ...['--uid', String(guestId), '--gid', String(guestId), '--hostname', 'sandbox', '--cap-drop', 'ALL'],
    // Older versions lack it; the system call filter forbids further namespaces anyway.
    ...(canDisableUserns ? ['--disable-userns'] : []),
    ...['--die-with-parent', '--new-session', '--clearenv', '--seccomp', '4', '--info-fd', '5'],
    ...['--ro-bind', '/usr', '/usr'],
    ...[...mounts.systemLinks].flatMap(([path, target]) =>
      target === undefined ? ['--ro-bind', path, path] : ['--symlink', target, path],
    ),
    ...[...etcNames, ...mounts.etc].flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    ...ownEtc.flatMap((name) => ['--ro-bind', `${etc}/${name}`, `/etc/${name}`]),
    // Where programs look up what is mounted.
    ...['--symlink', '../proc/self/mounts', '/etc/mtab'],
    ...['--proc', '/proc', '--dev', '/dev'],
    ...tmpfs('/dev/shm', limits.shmBytes, '1777'),
    ...['--remount-ro', '/dev'],
    ...tmpfs('/tmp', limits.tmpBytes, '1777'),
    ...tmpfs(insidePaths.pipes, pipesBytes, '0700'),
    ...['--ro-bind', mounts.runtime, insidePaths.runtime],
    ...(mounts.node === undefined ? [] : ['--ro-bind', mounts.node, insidePaths.node]),
    ...['--bind', mounts.workspace, insidePaths.workspace, '--chdir', insidePaths.workspace],
    // This comes last: it does not change what is mounted above.
    ...['--remount-ro', '/'],
  ]
}

/** The first program in the sandbox, which sets the limits: here they count only for this sandbox. */
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

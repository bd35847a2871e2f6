import { existsSync } from 'node:fs'
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
  /** Files of /proc that are empty in the sandbox. */
  readonly masked: readonly string[]
  /** Directories of the host, in what the guest sees, that are empty there. */
  readonly hidden: readonly string[]
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
  // Not ssl/private.
  'ssl/certs',
  'ssl/openssl.cnf',
  'terminfo',
  'timezone',
]

/** Files that the sandbox gets of its own, in the runtime's directory. */
const ownEtc = ['group', 'hostname', 'hosts', 'passwd']

/**
 * Files of /proc that tell of the host, or of the kernel's inside, and that no program of a guest needs. What still tells of it is in
 * the README.
 */
const maskedProc = [
  'cmdline',
  'key-users',
  'keys',
  'kallsyms',
  'kcore',
  'modules',
  'sched_debug',
  'timer_list',
  'version_signature',
]

/** What the guest sees of the host's directories. */
export function boundDirectories(mounts: Pick<Mounts, 'systemLinks' | 'etc'>): string[] {
  const directories = [...mounts.systemLinks].flatMap(([path, target]) => (target === undefined ? [path] : []))
  return ['/usr', ...directories, ...[...etcNames, ...mounts.etc].map((name) => `/etc/${name}`)]
}

/** Bytes of the directory for pipes, which holds only their names. */
const pipesBytes = 1024 ** 2

/** Bytes of a directory that stays empty: the smallest size that there is. */
const emptyBytes = 4096

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
    ...mounts.hidden.flatMap((path) => [...tmpfs(path, emptyBytes, '0555'), '--remount-ro', path]),
    // Where programs look up what is mounted.
    ...['--symlink', '../proc/self/mounts', '/etc/mtab'],
    ...['--proc', '/proc', '--dev', '/dev'],
    ...mounts.masked.flatMap((name) => ['--ro-bind', `${etc}/empty`, `/proc/${name}`]),
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

/** Those of them that this kernel has. */
export function maskedFiles(): string[] {
  return maskedProc.filter((name) => existsSync(`/proc/${name}`))
}

/** A program that takes core dumps by a pipe gets them with 0, too, and none with 1; a file needs more than that. */
const coreBytes = 1

/** The first program in the sandbox, which sets the limits: here they count only for this sandbox. */
export function limitArguments(limits: BubblewrapLimits): string[] {
  const { processes, openFiles, fileBytes } = limits
  const of = (name: string, value: number): string => `--${name}=${value}:${value}`
  return [
    ...[
      '/usr/bin/prlimit',
      of('nproc', processes),
      of('nofile', openFiles),
      of('core', coreBytes),
      of('fsize', fileBytes),
    ],
    '--',
  ]
}

function tmpfs(path: string, bytes: number, mode: string): string[] {
  return ['--perms', mode, '--size', String(bytes), '--tmpfs', path]
}

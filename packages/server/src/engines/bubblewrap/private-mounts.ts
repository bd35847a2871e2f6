import { mountOptions } from './disks/format.js'

/** Where the engine's directory is mounted, only for bwrap, when other users can't reach it. */
const mountPoint = '/mnt'

/** An image file that holds the files of one sandbox. */
export interface DiskImage {
  /** The file. */
  readonly path: string
  /** It has been made for this start, or will be: nothing is in it yet. */
  readonly isNew: boolean
  /** What it has to be copied from first; undefined when the file is there. */
  readonly template: string | undefined
}

export interface PrivateMounts {
  /** The engine's directory, when the sandbox's user can't reach it; undefined when it can. */
  readonly base: string | undefined
  /** What holds the sandbox's files; undefined when its directory does. */
  readonly disk: DiskImage | undefined
  /** Where the image is mounted: a directory as it is seen with these mounts. */
  readonly workspace: string
}

const mountScript = [
  'base=$1 image=$2 is_new=$3 template=$4 workspace=$5 user=$6 program=$7',
  'shift 7',
  'if [ -n "$base" ]; then mount --bind -- "$base" /mnt || exit 1; fi',
  'if [ -n "$template" ]; then (umask 077; exec cp --sparse=always -- "$template" "$image") || exit 1; fi',
  'if [ -n "$image" ]; then',
  `  mount -i -n -t ext4 -o ${mountOptions} -- "$image" "$workspace" || exit 1`,
  // A new file system belongs to root.
  '  if [ "$is_new" = true ]; then chown "$user:$user" -- "$workspace" || exit 1; fi',
  // A repair puts there what it found without a name: it is the guest's.
  '  lost=$workspace/lost+found',
  '  if [ -O "$lost" ]; then rmdir -- "$lost" 2>/dev/null || chown -h "$user:$user" -- "$lost" || exit 1; fi',
  'fi',
  'exec setpriv --reuid="$user" --regid="$user" --clear-groups -- "$program" "$@"',
].join('\n')

/**
 * The command that starts a program as a user in a mount namespace of its own, with what only that program needs mounted there.
 *
 * The user that a sandbox runs as can't pass a private directory (/root, a temporary one), and the engine must not change its
 * mode: the namespace shows the engine's directory at a place that everybody can reach. A sandbox's image is mounted there, and
 * nowhere else, so that the kernel removes the mount and its loop device when the last process of the sandbox ends, however
 * it ends, and nobody else can see or hold them.
 */
export function withPrivateMounts(mounts: PrivateMounts, userId: number, program: string): [string, ...string[]] {
  const { base = '', disk, workspace } = mounts
  const values = [base, disk?.path ?? '', String(disk?.isNew), disk?.template ?? '', workspace, String(userId), program]
  return [
    '/usr/bin/unshare',
    '--mount',
    '--propagation',
    'private',
    '--',
    '/bin/sh',
    '-c',
    mountScript,
    'sh',
    ...values,
  ]
}

/** The path in that namespace for a path below the engine's directory. */
export function detoured(base: string, path: string): string {
  return path.startsWith(`${base}/`) ? `${mountPoint}${path.slice(base.length)}` : path
}

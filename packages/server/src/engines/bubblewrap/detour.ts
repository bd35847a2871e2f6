/** Where the engine's directory is mounted for bwrap alone when the way to it is closed for other users. */
const mountPoint = '/mnt'

const mountScript = [
  'mount --bind -- "$1" /mnt || exit 1',
  'user=$2 program=$3',
  'shift 3',
  'exec setpriv --reuid="$user" --regid="$user" --clear-groups -- "$program" "$@"',
].join('\n')

/**
 * The user that a sandbox runs as can't pass a private directory (/root, a temporary one). Its mode is not the engine's to
 * change: a mount namespace of bwrap's own shows the engine's directory at a place that anybody can reach.
 */
export function detour(base: string, userId: number, program: string): [string, ...string[]] {
  const shell = ['/bin/sh', '-c', mountScript, 'sh', base, String(userId), program]
  return ['/usr/bin/unshare', '--mount', '--propagation', 'private', '--', ...shell]
}

/** Where a path below the engine's directory is then. */
export function detoured(base: string, path: string): string {
  return path.startsWith(`${base}/`) ? `${mountPoint}${path.slice(base.length)}` : path
}

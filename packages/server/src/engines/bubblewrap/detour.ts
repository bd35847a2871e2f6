/** Where the engine's directory is mounted, only for bwrap, when other users can't reach it. */
const mountPoint = '/mnt'

const mountScript = [
  'mount --bind -- "$1" /mnt || exit 1',
  'user=$2 program=$3',
  'shift 3',
  'exec setpriv --reuid="$user" --regid="$user" --clear-groups -- "$program" "$@"',
].join('\n')

/**
 * The user that a sandbox runs as can't pass a private directory (/root, a temporary one), and the engine must not change its
 * mode. So a mount namespace for bwrap shows the engine's directory at a place that everybody can reach.
 */
export function detour(base: string, userId: number, program: string): [string, ...string[]] {
  const shell = ['/bin/sh', '-c', mountScript, 'sh', base, String(userId), program]
  return ['/usr/bin/unshare', '--mount', '--propagation', 'private', '--', ...shell]
}

/** The path in that namespace for a path below the engine's directory. */
export function detoured(base: string, path: string): string {
  return path.startsWith(`${base}/`) ? `${mountPoint}${path.slice(base.length)}` : path
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The smallest image, in bytes: its journal takes 4 MiB of it. */
export const leastDiskBytes = 16 * 1024 ** 2

/** Bytes of a block. An image is a whole number of them. */
const blockBytes = 4096

/**
 * One inode for so many bytes, less than files of real trees (node_modules, a Git repository) take on average: bytes run out
 * first, and a guest that makes empty files without end runs out of inodes in its own image.
 */
const bytesPerInode = 8192

/** Named one by one, so that a machine's mke2fs.conf changes nothing. */
const features = [
  'none',
  'has_journal',
  'extent',
  'filetype',
  'flex_bg',
  'dir_index',
  'extra_isize',
  'sparse_super',
  'large_file',
  'huge_file',
  'dir_nlink',
  'metadata_csum',
]

/**
 * - A small journal: without one, ext4 gives inodes that were just deleted to nobody for a minute and searches past them, which
 *   makes `rm -rf node_modules && npm install` a hundred times slower; and after a power failure every file would have to be checked.
 * - `noinit_itable`: nothing is written to what no file uses, so that the image stays as small as its content.
 * - `discard`: what the guest deletes is given back to the disk of the machine, in the background.
 */
export const mountOptions = [
  ...['loop', 'nosuid', 'nodev', 'noatime'],
  ...['noinit_itable', 'discard', 'commit=30', 'errors=remount-ro'],
].join(',')

const formatScript = [
  'image=$1 bytes=$2 place=$3',
  'umask 077',
  'truncate --size="$bytes" -- "$image" || exit 1',
  'MKE2FS_CONFIG=/dev/null mkfs.ext4 -q -F -m 0 ' +
    `-b ${blockBytes} -I 256 -i ${bytesPerInode} -O ${features.join(',')} -J size=4 ` +
    '-E lazy_itable_init=1,lazy_journal_init=1,nodiscard -- "$image" || exit 1',
  `mount -i -n -t ext4 -o ${mountOptions} -- "$image" "$place" || exit 1`,
  'rmdir -- "$place/lost+found" && chmod 0700 -- "$place"',
].join('\n')

const checkScript = 'exec mount -i -n -t ext4 -o loop,ro,nosuid,nodev -- "$1" "$2"'

/** The size of the image for a limit, in bytes. */
export function imageBytes(limit: number): number {
  return Math.max(leastDiskBytes, Math.floor(limit / blockBytes) * blockBytes)
}

/**
 * Makes an empty file system in a file, mounting it once to take away what mkfs leaves in it.
 *
 * @param place - a directory to mount it at, in a mount namespace of its own.
 * @throws {Error} with what the programs said.
 */
export async function format(image: string, bytes: number, place: string): Promise<void> {
  await inNamespace(formatScript, image, String(bytes), place)
}

/** Proves that an image can be mounted. @throws {Error} with what the programs said. */
export async function checkMount(image: string, place: string): Promise<void> {
  await inNamespace(checkScript, image, place)
}

async function inNamespace(script: string, ...values: string[]): Promise<void> {
  const shell = ['/bin/sh', '-c', script, 'sh', ...values]
  const options = ['--mount', '--propagation', 'private', '--']
  // The shell has a PATH of its own, with /usr/sbin in it.
  await run('/usr/bin/unshare', [...options, ...shell], { env: { LC_ALL: 'C' } })
}

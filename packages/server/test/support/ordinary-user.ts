import { chown } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'
import type { Wrapper } from './child.js'

/** An unprivileged user, whom the machine need not know. */
const userId = 64_999

const root = fileURLToPath(new URL('../../../..', import.meta.url))

/** Shows the project at a place that every user can reach, and goes on as the user. */
const script = [
  'mount --bind -- "$1" /mnt || exit 1',
  'root=${1%/} user=$2 node=$3 entry=$4',
  'shift 4',
  'exec setpriv --reuid="$user" --regid="$user" --clear-groups -- "$node" "/mnt${entry#"$root"}" "$@"',
].join('\n')

/** Starts the server as an ordinary user. */
export const asOrdinaryUser: Wrapper = [
  ...(['unshare', '--mount', '--propagation', 'private', '--'] as const),
  ...['sh', '-c', script, 'sh', root, String(userId)],
]

/** A directory of that user. */
export async function directoryOfUser(): Promise<string> {
  const directory = await temporaryDirectory()
  await chown(directory, userId, userId)
  return directory
}

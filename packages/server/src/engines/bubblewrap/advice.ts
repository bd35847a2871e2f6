import { readFile } from 'node:fs/promises'
import { EngineUnavailableError } from '../contract/errors.js'
import { asSentence } from '../host/as-sentence.js'

const wayOut = 'For trusted code only there is `--engine process --allow-unsafe`, which runs without any isolation.'

/** Says what to install or allow when no sandbox could be started. */
export async function withAdvice(error: unknown): Promise<EngineUnavailableError> {
  const message = asSentence(error instanceof Error ? error.message : String(error))
  return new EngineUnavailableError(`${message} ${await adviceFor(message)} ${wayOut}`, { cause: error })
}

async function adviceFor(message: string): Promise<string> {
  if (message.includes('ENOENT')) {
    return "Bubblewrap is not installed: `apt-get install bubblewrap` (or your distribution's package of that name)."
  }
  if ((await setting('kernel/apparmor_restrict_unprivileged_userns')) === '1') {
    return (
      'AppArmor keeps bubblewrap from making user namespaces: allow it with an AppArmor profile for /usr/bin/bwrap that ' +
      'has `userns,`, or for the whole machine with `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`.'
    )
  }
  if ((await setting('kernel/unprivileged_userns_clone')) === '0') {
    return 'The kernel forbids user namespaces: `sysctl -w kernel.unprivileged_userns_clone=1` allows them.'
  }
  if ((await setting('user/max_user_namespaces')) === '0') {
    return 'The kernel allows no user namespaces: `sysctl -w user.max_user_namespaces=10000` allows them.'
  }
  return (
    'Bubblewrap has to be able to make user namespaces. In a container that takes ' +
    '`--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`.'
  )
}

function setting(name: string): Promise<string | undefined> {
  return readFile(`/proc/sys/${name}`, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )
}

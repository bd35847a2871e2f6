import type { Sandbox } from '../contract/engine.js'
import { EngineUnavailableError } from '../contract/errors.js'
import { runScript } from '../host/run-script.js'
import { guestId } from './layout.js'

/** What has to be true in a sandbox, each as a shell test. */
const insideChecks: ReadonlyMap<string, string> = new Map([
  ['the guest runs as a user of its own', `[ "$(id -u):$(id -g)" = ${guestId}:${guestId} ]`],
  ["the host's secrets are out of sight", '[ ! -e /root ] && [ ! -e /etc/shadow ] && [ ! -e /home ]'],
  ['the system is read-only', '! touch /probe /usr/probe /etc/probe 2>/dev/null'],
  ['the guest can gain no rights', 'grep -q "^NoNewPrivs:[[:space:]]*1" /proc/self/status'],
  ['the system call filter is on', 'grep -q "^Seccomp:[[:space:]]*2" /proc/self/status'],
  ['there is no network', '[ "$(grep -c : /proc/net/dev)" = 1 ]'],
  ["the host's processes are out of sight", '[ "$(tr "\\0" " " < /proc/1/cmdline | grep -c bwrap)" = 1 ]'],
  ['the working directory is writable', 'touch probe'],
])

/** @throws {EngineUnavailableError} when a sandbox does not isolate as it should. */
export async function checkIsolation(sandbox: Sandbox): Promise<void> {
  const script = [...insideChecks.values()].map((test, index) => `if ${test}; then echo ok ${index}; fi`).join('\n')
  const passed = new Set((await runScript(sandbox, script)).split('\n'))
  const failed = [...insideChecks.keys()].filter((_, index) => !passed.has(`ok ${index}`))
  if (failed.length > 0)
    throw new EngineUnavailableError(`a sandbox does not isolate: not true is that ${failed.join('; ')}`)
}

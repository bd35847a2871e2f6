import type { Sandbox } from '../contract/engine.js'
import { EngineUnavailableError } from '../contract/errors.js'
import { runScript } from '../host/run-script.js'
import { guestId } from './layout.js'

/** Shell tests that succeed in a sandbox that isolates, each under what it means when one fails. */
const checks: ReadonlyMap<string, string> = new Map([
  ['the guest does not run as a user of its own', `[ "$(id -u):$(id -g)" = ${guestId}:${guestId} ]`],
  ["the guest can see the host's secrets", '[ ! -e /root ] && [ ! -e /etc/shadow ] && [ ! -e /home ]'],
  ['the guest can write to the system', '! touch /probe /usr/probe /etc/probe 2>/dev/null'],
  ['the guest can gain rights', 'grep -q "^NoNewPrivs:[[:space:]]*1" /proc/self/status'],
  ['the system call filter is off', 'grep -q "^Seccomp:[[:space:]]*2" /proc/self/status'],
  ['the guest has a network', '[ "$(grep -c : /proc/net/dev)" = 1 ]'],
  ["the guest can see the host's processes", '[ "$(tr "\\0" " " < /proc/1/cmdline | grep -c bwrap)" = 1 ]'],
  ['the guest cannot write to its working directory', 'touch probe'],
])

/**
 * @param secrets - paths of the host at which nothing may be in the sandbox.
 * @throws {EngineUnavailableError} when a sandbox does not isolate as it should.
 */
export async function checkIsolation(sandbox: Sandbox, secrets: readonly string[]): Promise<void> {
  const insideChecks = new Map([...checks, ...secrets.map(hides)])
  const script = [...insideChecks.values()].map((test, index) => `if ${test}; then echo ok ${index}; fi`).join('\n')
  const passed = new Set((await runScript(sandbox, script)).split('\n'))
  const failed = [...insideChecks.keys()].filter((_, index) => !passed.has(`ok ${index}`))
  if (failed.length > 0) throw new EngineUnavailableError(`Isolation check failed: ${failed.join('; ')}.`)
}

function hides(path: string): [string, string] {
  const quoted = `'${path.replaceAll("'", "'\\''")}'`
  return [`the guest can see ${path}`, `[ ! -e ${quoted} ]`]
}

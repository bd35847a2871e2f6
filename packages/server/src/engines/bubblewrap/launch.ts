import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { Readable, Writable } from 'node:stream'
import { inspect, signal } from '../guest/processes/census.js'
import type { ProcessInfo } from '../guest/processes/census.js'
import { setScore, supervisorScore } from '../guest/processes/scores.js'
import type { SandboxMetrics } from '../contract/engine.js'
import { isRecord } from '../guest/protocol/json.js'
import type { SandboxGroup } from '../limits/control-groups.js'
import { ProcessUsage } from '../limits/usage.js'
import type { Launched } from '../host/sandbox.js'
import { StartedProcess } from '../host/started-process.js'

/** How long to wait for a killed sandbox to be gone, in milliseconds. */
const endTimeoutMs = 10_000

/**
 * How long to wait for bwrap itself when everything in the sandbox is gone, in milliseconds. Its end unmounts the sandbox's disk,
 * and what is still in memory is written then: nobody has to wait for that.
 */
const unmountPatienceMs = 30

export interface BubblewrapStart {
  /** Made for this sandbox alone; it is removed when the sandbox ends. */
  readonly group: SandboxGroup
  /** The program to start, with what comes before bwrap's own arguments. */
  readonly command: readonly [string, ...string[]]
  /** The user and group to start it as; undefined for the server's own. */
  readonly userId: number | undefined
  /** What bwrap reads from descriptor 3. */
  readonly args: readonly string[]
  /** What it reads from descriptor 4. */
  readonly filter: Buffer
  /** The program to run in the sandbox. */
  readonly inside: readonly string[]
}

/** Starts bwrap with a supervisor in it. */
export async function launchBubblewrap(start: BubblewrapStart): Promise<Launched> {
  const { group } = start
  const { started, pipes } = await spawnBubblewrap(start).catch(async (error: unknown) => {
    await group.remove()
    throw error
  })
  const { child } = started
  const init = readInit(pipes[5], () => child.pid)
  const counted = new ProcessUsage((info) => info.pid === child.pid)
  const launched = {
    connection: started.connection,
    group,
    end: async () => {
      await end(started, init)
      // It waits for bwrap, which may be unmounting; the engine waits for it when it closes.
      const removal = group.remove().catch(() => undefined)
      await Promise.race([removal, delay(unmountPatienceMs, undefined, { ref: false })])
    },
    metrics: async () => {
      const usage = await group.usage()
      const isComplete = Object.keys(usage).length === 3
      return { ...(isComplete ? noUsage : counted.now()), ...usage }
    },
  }
  try {
    // It waits for its arguments, so that nothing of it is outside the group.
    if (child.pid !== undefined) await group.add(child.pid)
    feed(pipes[3], Buffer.from(`${start.args.join('\0')}\0`))
    feed(pipes[4], start.filter)
    await started.ready()
    await group.spare()
    return launched
  } catch (error) {
    await launched.end()
    throw error
  }
}

const noUsage: SandboxMetrics = { cpuSeconds: 0, memoryBytes: 0, processes: 0 }

async function spawnBubblewrap(
  start: BubblewrapStart,
): Promise<{ started: StartedProcess; pipes: readonly unknown[] }> {
  const [program, ...before] = start.command
  // The guest can read what bwrap was started with, so that the server's environment and paths stay out of it.
  const child = spawn(program, [...before, '--args', '3', '--', ...start.inside], {
    env: {},
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    // A Ctrl-C at the server's terminal is meant only for the server.
    detached: true,
    ...(start.userId === undefined ? {} : { uid: start.userId, gid: start.userId }),
  })
  // At once, so that all of the sandbox gets it. With CAP_SYS_RESOURCE, it is also the least that a guest can go back to.
  if (child.pid !== undefined) setScore(child.pid, supervisorScore)
  return { started: await StartedProcess.of(child), pipes: child.stdio }
}

function feed(pipe: unknown, bytes: Uint8Array): void {
  if (!(pipe instanceof Writable)) return
  pipe.on('error', () => undefined)
  pipe.end(bytes)
}

/** The sandbox's own init, as the host sees it: when it is gone, everything in its PID namespace is. */
async function readInit(pipe: unknown, parent: () => number | undefined): Promise<ProcessInfo | undefined> {
  if (!(pipe instanceof Readable)) return undefined
  let text = ''
  try {
    for await (const chunk of pipe) text += String(chunk)
    const told: unknown = JSON.parse(text)
    const pid = isRecord(told) ? told['child-pid'] : undefined
    const init = typeof pid === 'number' ? inspect(pid) : undefined
    return init !== undefined && init.parent === parent() ? init : undefined
  } catch {
    return undefined
  }
}

async function end(started: StartedProcess, reading: Promise<ProcessInfo | undefined>): Promise<void> {
  const init = started.running ? await Promise.race([reading, delay(1000, undefined)]) : await reading
  // Killing init, and not bwrap, makes bwrap end only after every process of the namespace did.
  if (init !== undefined) signal(init, 'SIGKILL')
  else if (started.running) started.child.kill('SIGKILL')
  const deadline = performance.now() + endTimeoutMs
  while (init !== undefined && isAlive(init) && performance.now() < deadline) await delay(2)
  const patienceMs = init === undefined ? endTimeoutMs : unmountPatienceMs
  await Promise.race([started.ended, delay(patienceMs, undefined, { ref: false })])
  if (started.running) started.child.kill('SIGKILL')
}

function isAlive(init: ProcessInfo): boolean {
  const now = inspect(init.pid)
  return now?.key === init.key && now.state !== 'Z' && now.state !== 'X'
}

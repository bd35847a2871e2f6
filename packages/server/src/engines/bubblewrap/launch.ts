import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { Readable, Writable } from 'node:stream'
import { inspect, signal } from '../guest/processes/census.js'
import type { ProcessInfo } from '../guest/processes/census.js'
import { isRecord } from '../guest/protocol/json.js'
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
  const started = await StartedProcess.of(child)
  const pipes: readonly unknown[] = child.stdio
  feed(pipes[3], Buffer.from(`${start.args.join('\0')}\0`))
  feed(pipes[4], start.filter)
  const init = readInit(pipes[5], () => child.pid)
  const launched = { connection: started.connection, end: () => end(started, init) }
  try {
    await started.ready()
    return launched
  } catch (error) {
    await launched.end()
    throw error
  }
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

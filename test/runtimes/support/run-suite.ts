import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { type Runtime, binaryOf } from 'sandbox-sessions-testkit/runtimes'
import type { PreparedSuite } from './prepared-suite.js'

/** How the suite ended in one runtime. */
export interface Report {
  readonly runtime: string
  /** Why a case failed, by its name; undefined for one that passed. */
  readonly outcomes: ReadonlyMap<string, string | undefined>
}

/** The case that no case can tell of: whether anything was left that keeps the process. */
export const endCase = '[A2] the process ends by itself'
/** Far longer than a process takes to end, and far less than the deadlines in it that would keep it. */
const endMs = 120_000
/** A case ends itself earlier, unless it keeps the process so busy that no timer fires. */
const silenceMs = 300_000

export async function runSuite(runtime: Runtime, { program, settings }: PreparedSuite): Promise<Report> {
  const outcomes = new Map<string, string | undefined>()
  let name = runtime.name
  const child = spawn(await binaryOf(runtime), [...runtime.flags, program], {
    cwd: path.dirname(program),
    env: { ...environment(), SANDBOX_RUNTIMES: JSON.stringify(settings) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'close')
  let problems = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (problems += String(text)))
  let done = false
  let lastCase = 'its start'
  /** Aborted when the process is ended since nothing more comes of it. */
  const patience = new AbortController()
  const end = (): void => {
    patience.abort()
    child.kill('SIGKILL')
  }
  let timer = setTimeout(end, silenceMs)
  child.on('exit', () => clearTimeout(timer))
  for await (const text of createInterface({ input: child.stdout })) {
    const line: unknown = JSON.parse(text)
    if (has(line, 'version')) name = `${runtime.name.split(' ')[0] ?? ''} ${String(line.version)}`
    if (has(line, 'name')) {
      lastCase = String(line.name)
      outcomes.set(lastCase, has(line, 'error') ? String(line.error) : undefined)
    }
    done = has(line, 'done')
    clearTimeout(timer)
    timer = setTimeout(end, done ? endMs : silenceMs)
  }
  await exited
  if (!done) {
    const how = patience.signal.aborted ? `said nothing for ${silenceMs / 1000} seconds` : 'broke off'
    outcomes.set(endCase, `The suite ${how} after ${lastCase} (exit code ${String(child.exitCode)}): ${problems}`)
  } else if (patience.signal.aborted)
    outcomes.set(endCase, `Something kept it for ${endMs / 1000} seconds after its last call`)
  else outcomes.set(endCase, child.exitCode === 0 ? undefined : `It ended with ${String(child.exitCode)}: ${problems}`)
  return { runtime: name, outcomes }
}

/** Without what the test runner puts into the environment of its workers, and without a user's own server. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SANDBOX_|VITEST|NODE_OPTIONS)/.test(name)),
  )
}

function has<Key extends string>(value: unknown, key: Key): value is Record<Key, unknown> {
  return typeof value === 'object' && value !== null && key in value
}

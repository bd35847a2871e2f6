import path from 'node:path'
import { run } from 'sandbox-sessions-testkit/run'
import { root } from 'sandbox-sessions-testkit/workspaces'
import { mutationVariable, specVariable } from './environment.js'

/** What a check is to work with. */
export interface Subject {
  readonly specFile: string
  /** The name of a mutation of the SDK or the server; none for both as they are. */
  readonly mutation: string | undefined
}

/** Runs to its end. `output` is all that it says. */
export type Check = (subject: Subject) => ReturnType<typeof run>

/** What the project promises to run: `npm run spec:diff` and so on, without npm. */
export const checks = {
  'npm run spec:diff': script('spec-diff.ts'),
  'npm run generate -- --check': script('generate.ts', '--check'),
  'the SDK against the mock': tests('contract', 'mock', '.'),
  'the SDK against the mock: createSession': tests('contract', 'mock', 'createSession 200'),
  'the SDK against the mock: getSession': tests('contract', 'mock', 'getSession 404'),
  'the SDK against the mock: nothing is left out': tests('contract', 'mock', 'no operation, status or error code'),
  'the server against the spec': tests('proxied', 'reference', '[137]\\.'),
  'the server against the spec: createSession': tests('proxied', 'reference', '1\\. creates a session'),
  'the server against the spec: listSessions': tests('proxied', 'reference', '7\\. lists the created sessions'),
  'the server against the spec: getSession': tests('proxied', 'reference', '3\\. gets a session'),
} as const satisfies Readonly<Record<string, Check>>

type CheckName = keyof typeof checks
export type ServerCheck = Extract<CheckName, `the server against ${string}`>
export type SdkCheck = Extract<CheckName, `the SDK against ${string}`>
/** The checks that take a spec of somebody else's. */
export type SpecCheck = Exclude<CheckName, ServerCheck>

function script(name: string, ...flags: readonly string[]): Check {
  return ({ specFile }) => node(['--import', 'tsx', path.join('scripts', name), ...flags, '--spec', specFile])
}

/** @param title - as much of the test's name as tells it from others. */
function tests(project: string, file: string, title: string): Check {
  // A run that fails on purpose leaves no trace in the cache, by which vitest puts tests in order.
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--no-cache', '--project', project, file, '-t', title]
  return ({ specFile, mutation }) => node(args, { [specVariable]: specFile, [mutationVariable]: mutation })
}

function node(args: readonly string[], variables: NodeJS.ProcessEnv = {}): ReturnType<typeof run> {
  return run(process.execPath, args, { cwd: root, env: { ...process.env, NO_COLOR: '1', ...variables } })
}

import { parse } from 'yaml'
import { isObject } from 'sandbox-sessions-openapi'
import { run } from 'sandbox-sessions-testkit/run'

type Variables = Readonly<Record<string, string>>

/** A step of a workflow file that is a script. What an action does, the test does itself. */
export interface Step {
  readonly name: string
  readonly script: string
  readonly env: Variables
}

/**
 * The scripts of a job, in their order, with the job's variables. `context` has the values of its expressions, and one that it lacks
 * is an error: so is all else that this does not understand.
 */
export function readSteps(workflow: string, job: string, context: Variables): Step[] {
  const document: unknown = parse(workflow)
  const found = at(at(document, 'jobs'), job)
  const steps = at(found, 'steps')
  if (!Array.isArray(steps)) throw new Error(`The job ${job} has no steps`)
  const variables = (owner: unknown): Record<string, string> =>
    Object.fromEntries(
      Object.entries(at(owner, 'env') ?? {}).map(([name, value]) => [name, fillIn(String(value), context)]),
    )
  return steps.flatMap((step: unknown) => {
    const script = at(step, 'run')
    if (typeof script !== 'string') return []
    for (const key of ['if', 'shell', 'working-directory', 'continue-on-error']) {
      if (at(step, key) !== undefined) throw new Error(`Here nothing is known of ${key}`)
    }
    const name = String(at(step, 'name'))
    return [{ name, script: fillIn(script, context), env: { ...variables(found), ...variables(step) } }]
  })
}

/** Runs a step as a runner does that is told no shell. */
export function runStep(step: Step, cwd: string, env: NodeJS.ProcessEnv): ReturnType<typeof run> {
  return run('bash', ['-e', '-c', step.script], { cwd, env: { ...env, ...step.env } })
}

function fillIn(text: string, context: Variables): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = context[expression]
    if (value === undefined) throw new Error(`There is no value for ${expression}`)
    return value
  })
}

function at(node: unknown, key: string): unknown {
  return isObject(node) ? node[key] : undefined
}

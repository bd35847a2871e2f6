/**
 * Success bodies are checked against the spec, so that a missing field is an error here and not an `undefined` later.
 */
import { answers } from '../../generated/calls.js'
import type { components } from '../../generated/sandbox-api.js'
import { BodyCheck } from './body-check.js'

export type Wire = components['schemas']
export type BodyName = keyof typeof answers

const check = new BodyCheck<BodyName>(answers)

/** Tells whether a body is what the spec says; `report` gets the first thing that is wrong, with the field's name. */
export function isBody<Name extends BodyName>(
  name: Name,
  body: unknown,
  report: (problem: string) => void,
): body is Wire[Name] {
  const problem = check.problemOf(name, body)
  if (problem !== undefined) report(`its ${name} is not what the spec says: ${problem}`)
  return problem === undefined
}

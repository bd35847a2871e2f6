import type { Document } from 'yaml'
import type { SpecCheck } from './checks.js'

/** A careless change of the spec. */
export interface SpecMutation {
  readonly change: (spec: Document) => void
  readonly check: SpecCheck
  /** What the check has to say of it. */
  readonly says: RegExp
}

const schemas = ['components', 'schemas'] as const
const commandResult = [...schemas, 'CommandResult'] as const

export const specMutations: Readonly<Record<string, SpecMutation>> = {
  'a renamed property in the spec': {
    change: (spec) => {
      replace(spec, [...commandResult, 'required'], ['status', 'exit_code'])
      rename(spec, [...commandResult, 'properties'], 'exitCode', 'exit_code')
    },
    check: 'npm run spec:diff',
    says: /breaking[^]*exitCode[^]*FAILED/i,
  },
  'a raised limit without regenerating': {
    change: (spec) => replace(spec, [...schemas, 'Ttl', 'maximum'], 36_000),
    check: 'npm run generate -- --check',
    says: /Stale: .*schemas\.ts.*Run `npm run generate`/,
  },
  'a new required field': {
    change: (spec) => replace(spec, [...schemas, 'CommandRequest', 'required'], ['command', 'cwd']),
    check: 'npm run spec:diff',
    says: /breaking[^]*cwd[^]*FAILED/i,
  },
  'a removed status': {
    change: (spec) => remove(spec, ['paths', '/sessions/{sessionId}', 'get', 'responses', '404']),
    check: 'npm run spec:diff',
    says: /breaking[^]*404[^]*FAILED/i,
  },
  'an operation without a test': {
    change: (spec) => {
      const responses = { 200: { $ref: '#/components/responses/Session' } }
      const path = { post: { operationId: 'forkSession', responses } }
      spec.setIn(['paths', '/sessions/{sessionId}/fork'], spec.createNode(path))
    },
    check: 'the SDK against the mock: nothing is left out',
    says: /no call drives the operation forkSession/,
  },
}

type Place = readonly string[]

function replace(spec: Document, place: Place, value: unknown): void {
  remove(spec, place)
  spec.setIn(place, spec.createNode(value))
}

function rename(spec: Document, owner: Place, from: string, to: string): void {
  const value = spec.getIn([...owner, from], true)
  remove(spec, [...owner, from])
  spec.setIn([...owner, to], value)
}

function remove(spec: Document, place: Place): void {
  // `setIn` alone would make what is not there, and the mutation would be another one than it says.
  if (!spec.deleteIn(place)) throw new Error(`The spec has nothing at ${place.join(' ')}.`)
}

import { isObject } from 'sandbox-sessions-openapi'
import type { Bend } from './bending-proxy.js'
import type { ServerCheck } from './checks.js'

/** A careless change of the server, seen from outside: its answers are bent on their way. */
export interface ServerMutation {
  readonly bend: Bend
  readonly check: ServerCheck
  /** What the check has to say of it. */
  readonly says: RegExp
}

export const serverMutations: Readonly<Record<string, ServerMutation>> = {
  'the server answers 201 for createSession': {
    bend: (answer) =>
      answer.operation === 'createSession' && answer.status === 200 ? { ...answer, status: 201 } : answer,
    check: 'the server against the spec: createSession',
    says: /→ 201 .*status 201 is not in the spec/,
  },
  'the server drops total': {
    bend: (answer) => {
      if (!isObject(answer.body)) return answer
      const { total: _, ...body } = answer.body
      return { ...answer, body }
    },
    check: 'the server against the spec: listSessions',
    says: /body\.total is missing/,
  },
  'the server adds an undocumented property': {
    bend: (answer) => {
      const { body } = answer
      return isObject(body) && 'sessionId' in body ? { ...answer, body: { colour: 'red', ...body } } : answer
    },
    check: 'the server against the spec: getSession',
    says: /colour is not in the spec/,
  },
}

import { isObject, type JsonObject, list, type Operation as SpecOperation, type Spec } from 'sandbox-sessions-openapi'
import { operations as knownOperations } from 'sandbox-sessions-sdk/constraints'

export type OperationId = keyof typeof knownOperations

/** What the server needs to know of one operation, read out of the spec. */
export interface Operation<Id extends OperationId = OperationId> extends SpecOperation {
  readonly id: Id
  /** The one status of success. */
  readonly success: number
  /** The schema of a JSON answer of success, when it has one. */
  readonly answer: JsonObject | undefined
}

/** @throws {Error} when the spec has an operation that this server does not know. */
export function readOperations(spec: Spec): Operation[] {
  return spec.operations.map((operation) => {
    const { id, responses } = operation
    if (!isOperationId(id)) throw new Error(`This server does not know the operation ${id} of the spec.`)
    const [success] = [...responses].filter(([status]) => status >= 200 && status < 300)
    if (success === undefined) throw new Error(`The spec has no success for ${id}.`)
    const [status, { content }] = success
    return { ...operation, id, success: status, answer: content.get('application/json')?.schema }
  })
}

/** The path of the spec's development server, `/v1`. */
export function readBasePath({ document }: Spec): string {
  const servers = list(document['servers']).flatMap((server) =>
    isObject(server) && typeof server['url'] === 'string' ? [new URL(server['url'])] : [],
  )
  const local = servers.find((url) => url.hostname === 'localhost') ?? servers[0]
  return local?.pathname.replace(/\/$/, '') ?? ''
}

function isOperationId(id: string): id is OperationId {
  return id in knownOperations
}

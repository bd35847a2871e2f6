import { limits } from '../../generated/calls.js'
import { type Input, type Query, defined } from '../core/input.js'
import { type Paging, pageOf } from '../core/paging.js'
import type { Wire } from '../core/wire.js'
import {
  checkInteger,
  checkMetadata,
  checkObject,
  checkOptionalInteger,
  checkOptionalText,
} from '../internal/checks.js'
import { type SessionNetwork, type SessionResources, networkBody, resourcesBody } from './resources.js'

/** What a session is created with. Every property has a default. */
export interface CreateSessionRequest extends Input<Omit<Wire['CreateSessionRequest'], 'resources' | 'network'>> {
  /**
   * Limits of what the session may use. A server before 1.2.0 knows none: then `session.resources` is undefined.
   * Default the server's own.
   */
  readonly resources?: SessionResources | undefined
  /** What it may reach, within what the server's operator allows. Default no network. */
  readonly network?: SessionNetwork | undefined
}
/** The properties of a session that can be changed. */
export type UpdateSessionRequest = Input<Wire['UpdateSessionRequest']>
/** Which page of the list of sessions. */
export type ListSessionsRequest = Input<Query<'listSessions'>>

export function createSessionBody(request: CreateSessionRequest): Wire['CreateSessionRequest'] {
  checkObject('request', request)
  const { ttl, image, metadata, resources, network } = request
  checkOptionalInteger('ttl', ttl, limits.createSession.ttl)
  checkOptionalText('image', image)
  checkMetadata(metadata)
  return defined({ ttl, image, metadata, resources: resourcesBody(resources), network: networkBody(network) })
}

export function updateSessionBody(request: UpdateSessionRequest): Wire['UpdateSessionRequest'] {
  checkObject('request', request)
  const { ttl } = request
  checkInteger('ttl', ttl, limits.updateSession.ttl)
  return { ttl }
}

export function listSessionsQuery(request: ListSessionsRequest, paging: Paging): Query<'listSessions'> {
  checkObject('request', request)
  return defined(pageOf(request, paging, limits.listSessions))
}

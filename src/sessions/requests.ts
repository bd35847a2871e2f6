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

/** What a session is created with. Every property has a default. */
export type CreateSessionRequest = Input<Wire['CreateSessionRequest']>
/** The properties of a session that can be changed. */
export type UpdateSessionRequest = Input<Wire['UpdateSessionRequest']>
/** Which page of the list of sessions. */
export type ListSessionsRequest = Input<Query<'listSessions'>>

export function createSessionBody(request: CreateSessionRequest): Wire['CreateSessionRequest'] {
  checkObject('request', request)
  const { ttl, image, metadata } = request
  checkOptionalInteger('ttl', ttl, limits.createSession.ttl)
  checkOptionalText('image', image)
  checkMetadata(metadata)
  return defined({ ttl, image, metadata })
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

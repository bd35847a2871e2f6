/** A request that is not tied to a server yet: the same seed makes the same drafts, whatever ids the server gives out. */
export interface Draft {
  readonly method: string
  /** Below the base path, encoded, with `{sessionId}` where the id belongs. */
  readonly target: string
  readonly session: SessionRef
  /** Values may hold `{token}`, and `{etag}` for one that the server gave. */
  readonly headers: readonly Header[]
  readonly body: Uint8Array | undefined
  readonly delivery: 'whole' | 'chunked' | 'cut off'
  /** What was done to a request that was valid before; undefined for nothing. */
  readonly change: string | undefined
}

export type Header = readonly [name: string, value: string]

/** Which session is meant. */
export interface SessionRef {
  readonly of: 'live' | 'ended' | 'foreign' | 'unknown'
  /** Which of them. */
  readonly pick: number
  /** An id means the same in capitals. */
  readonly capitals: boolean
}

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly Header[]
  readonly body: Uint8Array | undefined
  readonly delivery: Draft['delivery']
}

/** What the placeholders stand for. */
export interface Known {
  readonly token: string
  readonly etag: string
  sessionId(ref: SessionRef): string
}

export function resolveDraft({ method, target, session, headers, body, delivery }: Draft, known: Known): WireRequest {
  const id = known.sessionId(session)
  return {
    method,
    target: target.replace('{sessionId}', session.capitals ? id.toUpperCase() : id),
    headers: headers.map(([name, value]) => [
      name,
      value.replace('{token}', known.token).replace('{etag}', known.etag),
    ]),
    body,
    delivery,
  }
}

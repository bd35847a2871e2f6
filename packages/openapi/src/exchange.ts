/** A request and its answer, as they went over the wire. */
export interface Exchange {
  readonly request: RecordedRequest
  readonly response: RecordedResponse
}

export interface RecordedRequest {
  /** In capitals. */
  readonly method: string
  /** The path below the base path of the API, with the query: `/sessions?limit=5`. */
  readonly target: string
  readonly headers: Headers
  /** Undefined when it was not kept, and so can't be checked; empty when there was none. */
  readonly body: Uint8Array | undefined
}

export interface RecordedResponse {
  readonly status: number
  readonly headers: Headers
  /** Undefined when it was not kept, or broke off. */
  readonly body: Uint8Array | undefined
}

/** `application/json` of `application/json; charset=utf-8`; empty when there is none. */
export function mediaTypeOf(headers: Headers): string {
  return (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

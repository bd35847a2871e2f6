/** Headers of answers that belong to HTTP itself: how a message is framed, cached, negotiated and passed on. A spec does not name them. */
export const httpHeaders: ReadonlySet<string> = new Set([
  'allow',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
  'vary',
  // RFC 9110 wants it with every 401.
  'www-authenticate',
  // What browsers and nginx must not do to an answer on its way.
  'x-accel-buffering',
  'x-content-type-options',
])

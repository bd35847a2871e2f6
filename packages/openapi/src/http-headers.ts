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
  // RFC 9110 requires it with every 401.
  'www-authenticate',
  // They tell browsers and nginx what not to do with an answer.
  'x-accel-buffering',
  'x-content-type-options',
])

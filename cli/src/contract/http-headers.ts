/** Headers of answers that belong to HTTP itself: how a message is framed, cached and negotiated. A spec does not name them. */
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
])

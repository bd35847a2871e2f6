/** Something in a tree that did not arrive as it is, although the transfer succeeded. */
export interface SkippedEntry {
  /** Where it is in the source: a path on the disk for an upload, one in the session for a download. */
  readonly path: string
  /**
   * What is missing: all of it (`entry`), everything below a directory (`content`), or only its `permissions`. The rest has
   * arrived.
   */
  readonly part: 'entry' | 'content' | 'permissions'
  /** Why, as a sentence. */
  readonly reason: string
}

export function skip(path: string, part: SkippedEntry['part'], reason: string): SkippedEntry {
  return { path, part, reason }
}

export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1
}

/** The directory that something in a tree is in; empty for the top. */
export function parentOf(below: string): string {
  return below.slice(0, Math.max(0, below.lastIndexOf('/')))
}

/** The directories that something in a tree is in, up to the top. */
export function ancestorsOf(below: string): string[] {
  const found: string[] = []
  for (let at = below; at !== ''; found.push(at)) at = parentOf(at)
  return found
}

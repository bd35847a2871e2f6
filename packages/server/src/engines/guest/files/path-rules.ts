import { Failure } from '../failure.js'

/**
 * The parts of a path relative to the sandbox root, without `.` and `..`. An empty list is the root itself.
 *
 * `..` is resolved in the text, before any link is followed: `link/..` is the directory of the link.
 *
 * @throws {Failure} PathEscapes for an absolute path, one that leaves the root on its way, or one with a NUL.
 */
export function partsOf(path: string): string[] {
  if (path.includes('\0')) throw new Failure('PathEscapes', 'A path may hold no NUL character.')
  if (path.startsWith('/')) throw new Failure('PathEscapes', 'The path must be relative to the sandbox root.')
  return follow([], path)
}

/**
 * Where a link in the directory `from` leads.
 *
 * @throws {Failure} PathEscapes when it leads out of the root.
 */
export function linkTarget(root: string, from: readonly string[], target: string): string[] {
  if (!target.startsWith('/')) return follow(from, target)
  const absolute = follow([], target)
  const prefix = follow([], root)
  if (prefix.every((part, index) => absolute[index] === part)) return absolute.slice(prefix.length)
  throw new Failure('PathEscapes', 'The path leaves the sandbox root through a link.')
}

/** Whether a path that the kernel gave for an open file is the root or below it. */
export function isInside(root: string, absolute: string): boolean {
  return root === '/' || absolute === root || absolute.startsWith(`${root}/`)
}

function follow(from: readonly string[], path: string): string[] {
  const parts = [...from]
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) throw new Failure('PathEscapes', 'The path leaves the sandbox root.')
  }
  return parts
}

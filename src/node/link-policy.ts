import path from 'node:path'

/**
 * Why a symbolic link can't be copied into another tree, as a sentence; undefined when it can.
 *
 * A link is copied only if it stays in the tree, whatever else is there. `..` after a name is accepted only where the name is a
 * directory: after a link it would lead to another place than it seems to.
 *
 * @param at - the link, relative to the top of the tree.
 * @param isDirectory - whether a directory of the tree is at this path.
 */
export function linkFault(at: string, target: string, isDirectory: (path: string) => boolean): string | undefined {
  if (target === '') return 'The link leads nowhere.'
  if (target.includes('\ufffd')) return 'The link leads to a name that is not UTF-8.'
  if (target.includes('\0')) return 'The link leads to a name with a NUL in it.'
  if (path.posix.isAbsolute(target) || (path.sep !== '/' && /[\\:]/.test(target))) {
    return `The link is absolute (${target}): it would lead elsewhere there.`
  }
  const leaves = `The link leads out of the directory (${target}).`
  const place = at.split('/').slice(0, -1)
  let named = false
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') {
      place.push(part)
      named = true
    } else {
      if (named && place.length > 0 && !isDirectory(place.join('/')))
        return `The link may lead out of the directory (${target}).`
      if (place.pop() === undefined) return leaves
    }
  }
  return undefined
}

import { type Change, grades } from './change.js'

/** A change with all the places where it occurs. */
export interface Finding extends Omit<Change, 'place'> {
  readonly places: readonly string[]
}

const titles = { breaking: 'Breaking', additive: 'Additive', neutral: 'Neutral' }
const namedPlaces = 3

/** Lists a change of a component, or the same change in many operations, only once. */
export function group(changes: readonly Change[]): readonly Finding[] {
  const found = new Map<string, Finding & { readonly places: string[] }>()
  for (const { place, ...change } of changes) {
    const key = JSON.stringify([change.grade, change.subject, change.what, change.why])
    const finding = found.get(key) ?? { ...change, places: [] }
    if (place !== '' && !finding.places.includes(place)) finding.places.push(place)
    found.set(key, finding)
  }
  return [...found.values()]
}

/** The findings for people, the worst first. */
export function describe(findings: readonly Finding[]): string {
  return grades
    .map((grade) => ({ grade, lines: findings.filter((finding) => finding.grade === grade).map(line) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ grade, lines }) => [`${titles[grade]} (${lines.length})`, ...lines, ''].join('\n'))
    .join('\n')
}

function line({ subject, what, why, places }: Finding): string {
  const [first, second] = places
  const where = first !== undefined && second === undefined ? [first] : []
  const head = `  ${[...where, subject].filter((each) => each !== '').join(', ')}: ${what}${why === '' ? '' : `. ${why}`}`
  if (second === undefined) return head
  const rest = places.length > namedPlaces ? ` and ${places.length - namedPlaces} more` : ''
  return `${head}\n    in ${places.slice(0, namedPlaces).join('; ')}${rest}`
}

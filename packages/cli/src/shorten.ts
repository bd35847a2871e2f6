import stringWidth from 'string-width'

const segmenter = new Intl.Segmenter()
const ellipsis = '…'

/**
 * The text in at most this many columns of a terminal, with an ellipsis in place of its end. Where both ends are useful, as in a
 * path, the ellipsis replaces its middle.
 */
export function shorten(text: string, width: number, leftOut: 'end' | 'middle'): string {
  if (stringWidth(text) <= width) return text
  const room = width - stringWidth(ellipsis)
  // Splits into graphemes, so that no visible character is cut.
  const characters = Array.from(segmenter.segment(text), ({ segment }) => segment)
  const tail = leftOut === 'end' ? [] : taken(characters.toReversed(), Math.floor(room / 2)).reverse()
  const head = taken(characters, room - stringWidth(tail.join('')))
  return [...head, ellipsis, ...tail].join('')
}

/** As many of the first characters as fit. */
function taken(characters: readonly string[], width: number): string[] {
  let used = 0
  const end = characters.findIndex((character) => (used += stringWidth(character)) > width)
  return characters.slice(0, end === -1 ? undefined : end)
}

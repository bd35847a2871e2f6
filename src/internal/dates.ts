/** A date-time of RFC 3339; an invalid Date for any other text. A leap second becomes the next minute, since Date has none. */
export function dateOf(text: string): Date {
  const date = new Date(text)
  if (!Number.isNaN(date.getTime())) return date
  return new Date(Date.parse(text.replace(/:60(\.\d+)?(?=[zZ+-])/, ':59')) + 1000)
}

export function isDate(text: string): boolean {
  return !Number.isNaN(Date.parse(text)) || !Number.isNaN(dateOf(text).getTime())
}

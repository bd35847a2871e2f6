/** A date-time of RFC 3339; an invalid Date when it is none. A leap second, which Date lacks, is where the next minute begins. */
export function dateOf(text: string): Date {
  const date = new Date(text)
  if (!Number.isNaN(date.getTime())) return date
  return new Date(Date.parse(text.replace(/:60(\.\d+)?(?=[zZ+-])/, ':59')) + 1000)
}

export function isDate(text: string): boolean {
  return !Number.isNaN(Date.parse(text)) || !Number.isNaN(dateOf(text).getTime())
}

/** For each byte, how many it takes in a JSON string. */
const sizes = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x22 || byte === 0x5c) return 2
  if (byte >= 0x20) return 1
  // \b, \t, \n, \f and \r have a short form.
  return [0x08, 0x09, 0x0a, 0x0c, 0x0d].includes(byte) ? 2 : 6
})

/** How many of the first bytes take at most so many in a JSON string, and how many that is. */
export function fitEscaped(bytes: Uint8Array, most: number): { readonly count: number; readonly size: number } {
  let size = 0
  for (let count = 0; count < bytes.length; count += 1) {
    const next = size + (sizes[bytes[count] ?? 0] ?? 1)
    if (next > most) return { count, size }
    size = next
  }
  return { count: bytes.length, size }
}

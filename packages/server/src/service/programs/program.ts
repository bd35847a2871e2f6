/** A program to start, and what it reads first from its standard input. */
export interface Program {
  readonly argv: readonly [string, ...string[]]
  /** The program itself reads exactly this; what the caller sends comes after it. */
  readonly stdin: Uint8Array
}

/** The longest text that is passed as an argument: Linux takes 128 KiB for one, and this leaves some room. */
const longestArgument = 96 * 1024

const nothing = new Uint8Array()

/**
 * Passes a text as an argument when it fits, and through the start of standard input when it does not. No file is written,
 * so nothing is left when the program is killed, and modules are found from the working directory.
 */
export function passText(
  text: string,
  asArgument: (text: string) => readonly [string, ...string[]],
  throughStdin: (size: number) => readonly [string, ...string[]],
): Program {
  const bytes = Buffer.from(text)
  const fits = bytes.byteLength <= longestArgument && !text.includes('\0')
  return fits ? { argv: asArgument(text), stdin: nothing } : { argv: throughStdin(bytes.byteLength), stdin: bytes }
}

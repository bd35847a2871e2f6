import { format, resolveConfig } from 'prettier'

/** Formats a file's source as its folder wants it. */
export async function withStyle(file: string, source: string): Promise<string> {
  return format(source, { ...(await resolveConfig(file)), parser: 'typescript' })
}

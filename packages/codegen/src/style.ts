import { format, resolveConfig } from 'prettier'

/** Formats a file's source by the Prettier settings of its folder. */
export async function withStyle(file: string, source: string): Promise<string> {
  return format(source, { ...(await resolveConfig(file)), parser: 'typescript' })
}

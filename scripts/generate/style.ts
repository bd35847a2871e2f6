import { majorOf } from './tools.js'

/** Formats a file's source as its folder wants it, where Prettier is installed. */
export async function withStyle(file: string, source: string): Promise<string> {
  if (majorOf('prettier') !== 3) return source
  const { format, resolveConfig } = await import('prettier')
  return format(source, { ...(await resolveConfig(file)), parser: 'typescript' })
}

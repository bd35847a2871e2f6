import type { components } from 'sandbox-sessions-sdk/sandbox-api'
import type { Command } from '../sessions/commands.js'

type Settings = Pick<components['schemas']['CommandRequest'], 'env' | 'cwd' | 'stdin'> & { readonly timeout: number }

/** What a command and code have in common. */
export function processSettings({ env = {}, cwd = '.', stdin = '', timeout }: Settings): Omit<Command, 'programs'> {
  return { env, cwd, stdin, timeout }
}

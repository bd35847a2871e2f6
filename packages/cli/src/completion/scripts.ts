import { bash } from './bash.js'
import { fish } from './fish.js'
import { zsh } from './zsh.js'

export const shells = ['bash', 'zsh', 'fish'] as const

/**
 * What makes each shell complete the command. A script knows nothing of its parts: it asks the program that was typed, so
 * that it never is out of date.
 */
export const scripts: Readonly<Record<(typeof shells)[number], string>> = { bash, zsh, fish }

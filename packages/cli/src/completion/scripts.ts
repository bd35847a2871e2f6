import { bash } from './bash.js'
import { fish } from './fish.js'
import { zsh } from './zsh.js'

export const shells = ['bash', 'zsh', 'fish'] as const

/**
 * The script with which each shell completes the command. A script asks the program that was typed for candidates, so that it is
 * never out of date.
 */
export const scripts: Readonly<Record<(typeof shells)[number], string>> = { bash, zsh, fish }

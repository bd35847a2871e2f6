import type { Case } from '../case.js'
import { calls } from './calls.js'
import { downloads } from './downloads.js'
import { output } from './output.js'
import { uploads } from './uploads.js'

/** What every runtime has to get right, a browser too. */
export const portableCases: readonly Case[] = [...uploads, ...downloads, ...output, ...calls]

import { isSystemError } from '../support/system-error.js'

/** A resource that the machine has too little of. */
export type Resource = 'disk' | 'descriptors' | 'processes'

export interface Shortage {
  readonly resource: Resource
  /** What is wrong and what to do, as sentences. */
  readonly message: string
  /** When it is worth trying again, in seconds. */
  readonly retryAfter: number
}

const fullDisk: Shortage = {
  resource: 'disk',
  message: 'The disk of the server is full. Delete sessions or files that are not needed, then try again.',
  retryAfter: 30,
}
const closedDisk: Shortage = {
  resource: 'disk',
  message: 'The disk of the server takes no writes. Try again when it does.',
  retryAfter: 30,
}
const noDescriptors: Shortage = {
  resource: 'descriptors',
  message: 'The server has as many files open as it may have. Delete sessions that are not needed, or try again later.',
  retryAfter: 5,
}
const noProcesses: Shortage = {
  resource: 'processes',
  message: 'The server can start no more processes. Delete sessions that are not needed, or try again later.',
  retryAfter: 5,
}

const shortages: ReadonlyMap<string, Shortage> = new Map([
  ['ENOSPC', fullDisk],
  ['EDQUOT', fullDisk],
  ['EROFS', closedDisk],
  ['EMFILE', noDescriptors],
  ['ENFILE', noDescriptors],
])

/** How deep causes are followed, since an error may be its own cause. */
const deepest = 10

/** The shortage that an error, or one of its causes, is about. */
export function shortageOf(error: unknown): Shortage | undefined {
  let cause = error
  for (let depth = 0; cause instanceof Error && depth < deepest; depth++) {
    const found = isSystemError(cause) ? shortageAt(cause) : undefined
    if (found) return found
    cause = cause.cause
  }
  return undefined
}

function shortageAt({ code = '', syscall = '' }: NodeJS.ErrnoException): Shortage | undefined {
  // For other calls, EAGAIN means that it is worth trying again at once.
  if ((code === 'EAGAIN' || code === 'ENOMEM') && syscall.startsWith('spawn')) return noProcesses
  return shortages.get(code)
}

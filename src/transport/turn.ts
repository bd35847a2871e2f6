import { learnsLateOfClosedConnections } from '../internal/runtime.js'

/**
 * Lets the runtime notice which idle connections are closed: a busy program does not know yet that the server closed one
 * meanwhile, and a request on it would be lost. That matters where a request will not be sent again.
 */
export async function turnOfLoop(): Promise<void> {
  if (!learnsLateOfClosedConnections) return
  // Sockets are looked at between two of these: the first may still run in the turn in which the call was made.
  await macrotask()
  await macrotask()
}

function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    const setImmediate: unknown = Reflect.get(globalThis, 'setImmediate')
    if (typeof setImmediate === 'function') Reflect.apply(setImmediate, undefined, [resolve])
    else setTimeout(resolve)
  })
}

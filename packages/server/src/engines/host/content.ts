import type { OutgoingCall } from './outgoing-call.js'

/**
 * Passes a content on as the input of a call, no faster than it is taken. The input ends with the content, also when the
 * content throws. When the call is over first, the rest of the content is not read.
 *
 * @throws What the content throws.
 */
export function passContent(content: AsyncIterable<Uint8Array>, call: OutgoingCall): Promise<void> {
  const chunks = content[Symbol.asyncIterator]()
  let isOver = false
  const pass = async (): Promise<void> => {
    try {
      for (;;) {
        const next = await chunks.next()
        if (next.done === true || isOver || !(await call.input.write(next.value))) return
      }
    } finally {
      call.input.end()
    }
  }
  return new Promise((resolve, reject) => {
    let isPassed = false
    const leave = (): void => {
      isOver = true
      // The content may wait for a chunk that never comes, such as somebody's typing.
      if (!isPassed) Promise.resolve(chunks.return?.()).catch(() => undefined)
      resolve()
    }
    pass().then(
      () => {
        isPassed = true
        resolve()
      },
      (error: unknown) => {
        isPassed = true
        reject(error instanceof Error ? error : new Error(String(error)))
      },
    )
    call.done.then(leave, leave)
  })
}

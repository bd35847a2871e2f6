import type { Context } from './context.js'

/** Does the same to several things, one after the other. A failure is reported and does not stop the others. */
export async function each<Item, Value>(
  context: Context,
  items: readonly Item[],
  act: (item: Item) => Promise<Value>,
): Promise<void> {
  const values: Value[] = []
  for (const item of items) {
    try {
      values.push(await act(item))
    } catch (error) {
      context.signal.throwIfAborted()
      await context.fail(error)
    }
  }
  if (context.json) await context.print(values, '')
}

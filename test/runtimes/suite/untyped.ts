/** Calls a method with whatever the caller likes, right or wrong, as a program without types does. */
export function callUntyped(target: object, name: string, ...args: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(target, name)
  if (typeof method !== 'function') throw new Error(`There is no method ${name}`)
  return Reflect.apply(method, target, [...args])
}

export function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

/** A promise of work that begins when somebody first waits for it, and is done once. */
export class LazyPromise<T> implements Promise<T> {
  readonly [Symbol.toStringTag]: string = 'LazyPromise'
  readonly #begin: () => Promise<T>
  #begun: Promise<T> | undefined

  /** @internal */
  constructor(begin: () => Promise<T>) {
    this.#begin = begin
  }

  then<Fulfilled = T, Rejected = never>(
    onFulfilled?: ((value: T) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    this.#begun ??= this.#begin()
    return this.#begun.then(onFulfilled, onRejected)
  }

  catch<Rejected = never>(
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<T | Rejected> {
    return this.then(undefined, onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.then().finally(onFinally)
  }
}

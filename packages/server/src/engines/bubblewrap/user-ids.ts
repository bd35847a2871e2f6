import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'

const firstId = 20_001
const lastId = 59_999

/**
 * Unprivileged user ids, one for each sandbox. The owners of the sandboxes' directories tell which are in use, so that this
 * survives the server.
 */
export class UserIds {
  readonly #owners: () => Promise<Iterable<number>>
  #taken: Promise<Set<number>> | undefined

  /** @param owners - the ids that are in use. */
  constructor(owners: () => Promise<Iterable<number>>) {
    this.#owners = owners
  }

  /** An id that no sandbox and no user of the machine has. Random, so that two servers seldom choose the same. */
  async take(): Promise<number> {
    const taken = await (this.#taken ??= this.#load())
    for (;;) {
      const id = randomInt(firstId, lastId + 1)
      if (taken.has(id)) continue
      taken.add(id)
      // Reading the owners again frees the ids of sandboxes that are gone.
      if (taken.size > (lastId - firstId) / 2) this.#taken = undefined
      return id
    }
  }

  async #load(): Promise<Set<number>> {
    const known = [...(await this.#owners()), ...(await usersOfMachine())]
    return new Set(known.filter((id) => id >= firstId && id <= lastId))
  }
}

async function usersOfMachine(): Promise<number[]> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return passwd.split('\n').map((line) => Number(line.split(':')[2]))
}

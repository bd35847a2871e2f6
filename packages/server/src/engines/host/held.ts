import type { EngineCapabilities } from '../contract/engine.js'
import { LimitNotAvailableError, NetworkNotAvailableError } from '../contract/errors.js'
import type { LimitName, NetworkPolicy, SandboxLimits, SandboxOptions } from '../contract/options.js'
import { resolveHostImage } from './images.js'

/** What a sandbox is really made with: what was asked for, and defaults for the rest. */
export interface Held {
  readonly image: string
  readonly limits: SandboxLimits
  readonly network: NetworkPolicy
}

export interface Defaults {
  readonly limits: SandboxLimits
  /** The range of each limit that has one. */
  readonly ranges?: Readonly<Partial<Record<LimitName, { readonly least: number; readonly most: number }>>>
  readonly network: NetworkPolicy
}

/** Each limit in words, and whether it is counted in whole numbers. */
const allLimits: readonly { readonly name: LimitName; readonly text: string; readonly isWhole: boolean }[] = [
  { name: 'cpus', text: 'processors', isWhole: false },
  { name: 'memoryBytes', text: 'memory', isWhole: true },
  { name: 'diskBytes', text: 'disk space', isWhole: true },
  { name: 'processes', text: 'processes', isWhole: true },
]

/** Finds out what a sandbox is really made with. */
export class Holding {
  readonly #engine: string
  readonly #capabilities: EngineCapabilities
  readonly #defaults: Defaults

  /** @param engine - its name. */
  constructor(engine: string, capabilities: EngineCapabilities, defaults: Defaults) {
    this.#engine = engine
    this.#capabilities = capabilities
    this.#defaults = defaults
  }

  /** @throws {ImageNotAvailableError} @throws {LimitNotAvailableError} @throws {NetworkNotAvailableError} */
  of({ image, limits = {}, network }: SandboxOptions): Held {
    return { image: resolveHostImage(image), limits: this.#limits(limits), network: this.#network(network) }
  }

  #limits(asked: SandboxLimits): SandboxLimits {
    const { ranges = {} } = this.#defaults
    for (const { name, text, isWhole } of allLimits) {
      const value = asked[name]
      if (value === undefined) continue
      if (!this.#capabilities.limits.includes(name)) {
        throw new LimitNotAvailableError(`The ${this.#engine} engine cannot limit ${text}.`)
      }
      const { least = 0, most = Infinity } = ranges[name] ?? {}
      const isNumber = isWhole ? Number.isSafeInteger(value) : Number.isFinite(value)
      if (!isNumber || value <= 0 || value < least || value > most) {
        const range = most === Infinity ? 'more than 0' : `from ${least} to ${most}`
        throw new LimitNotAvailableError(`The limit of ${text} must be ${isWhole ? 'a whole number ' : ''}${range}.`)
      }
    }
    return { ...this.#defaults.limits, ...asked }
  }

  #network(asked: NetworkPolicy | undefined): NetworkPolicy {
    if (asked === undefined) return this.#defaults.network
    // An empty list allows no host.
    const policy = typeof asked === 'object' && asked.allow.length === 0 ? 'none' : asked
    const kind = typeof policy === 'string' ? policy : 'allow'
    if (this.#capabilities.networks.includes(kind)) return policy
    throw new NetworkNotAvailableError(
      {
        none: `The ${this.#engine} engine cannot keep a sandbox from the network.`,
        allow: `The ${this.#engine} engine cannot open the network to some hosts only.`,
        unrestricted: `The ${this.#engine} engine gives no sandbox the network of its machine.`,
      }[kind],
    )
  }
}

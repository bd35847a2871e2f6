import type { components } from 'sandbox-sessions-sdk/sandbox-api'
import { LimitNotAvailableError } from '../engines/contract/errors.js'
import type { NetworkPolicy, SandboxLimits } from '../engines/contract/options.js'
import type { Bounds } from '../service/record.js'
import { assertText } from './text.js'

type Schemas = components['schemas']

const mebibyte = 1024 ** 2

/** What stands for each limit on the wire, and how many of the engine's units one of it is. */
const resources: readonly (readonly [keyof Schemas['Resources'], keyof SandboxLimits, number])[] = [
  ['cpu', 'cpus', 1],
  ['memoryMb', 'memoryBytes', mebibyte],
  ['diskMb', 'diskBytes', mebibyte],
  ['processes', 'processes', 1],
]

/**
 * What a session is asked to be bounded by.
 *
 * @throws {LimitNotAvailableError} for a resource that this version does not know.
 * @throws {ApiError} 400 `INVALID_PARAMETER` for text that is not well-formed.
 */
export function readBounds({ resources: asked, network }: Schemas['CreateSessionRequest']): Bounds {
  network?.allow.forEach((host) => assertText('network.allow', host))
  return { limits: asked && readLimits(asked), network: network && { allow: [...network.allow] } }
}

/** The limits that hold, in units that may hide a part of one. */
export function toResources(limits: SandboxLimits): Schemas['Resources'] {
  return Object.fromEntries(
    resources.flatMap(([name, limit, unit]) => {
      const value = limits[limit]
      return value === undefined ? [] : [[name, unit === 1 ? value : Math.floor(value / unit)]]
    }),
  )
}

export function toNetwork(policy: NetworkPolicy): Schemas['Network'] {
  if (typeof policy === 'object') return { allow: [...policy.allow] }
  return { allow: policy === 'none' ? [] : ['*'] }
}

function readLimits(asked: Schemas['Resources']): SandboxLimits {
  const known = new Map<string, { limit: keyof SandboxLimits; unit: number }>(
    resources.map(([name, limit, unit]) => [name, { limit, unit }]),
  )
  return Object.fromEntries(
    Object.entries(asked).map(([name, value]) => {
      const found = known.get(name)
      if (found === undefined)
        throw new LimitNotAvailableError(`This server knows no resource ${JSON.stringify(name)}.`)
      return [found.limit, value * found.unit]
    }),
  )
}

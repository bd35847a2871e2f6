/** A version of the project: three numbers. */
export interface Version {
  readonly major: number
  readonly minor: number
  readonly patch: number
}

export function parseVersion(text: string): Version {
  const [, major, minor, patch] = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(text) ?? []
  if (patch === undefined) throw new Error(`${text} is not a version: it takes three numbers, as in 1.2.0.`)
  return { major: Number(major), minor: Number(minor), patch: Number(patch) }
}

/** Negative when the first is the lower one. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [parseVersion(one), parseVersion(other)]
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch
}

/** Where things are inside a sandbox. */
export const INSIDE = {
  workspace: '/workspace',
  runtime: '/run/sandbox',
  pipes: '/run/pipes',
  node: '/opt/node/bin/node',
} as const

/** The user and group that a guest sees itself as. */
export const GUEST_ID = 1000

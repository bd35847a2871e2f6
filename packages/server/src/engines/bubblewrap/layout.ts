/** Where things are inside a sandbox. */
export const insidePaths = {
  workspace: '/workspace',
  runtime: '/run/sandbox',
  pipes: '/run/pipes',
  node: '/opt/node/bin/node',
} as const

/** The user and group that a guest sees itself as. */
export const guestId = 1000

import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Node 20 does not know `await using`.
  oxc: { target: 'es2022' },
  test: {
    include: ['test/**/*.test.ts', 'server/test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: process.env['CI'] === 'true' ? ['default'] : ['default'],
  },
})

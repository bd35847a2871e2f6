import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Node 20 does not know `await using`.
const oxc = { target: 'es2022' }
const source = (file: string): string => new URL('.', import.meta.url).pathname + file
// The packages as they stand here, built or not, where tests look into them.
const resolve = {
  alias: [
    { find: /^sandbox-sessions-sdk$/, replacement: source('src/index.ts') },
    { find: /^sandbox-sessions-sdk\/constraints$/, replacement: source('generated/constraints.ts') },
    { find: /^sandbox-sessions-(openapi|conformance|codegen)$/, replacement: source('packages/$1/src/index.ts') },
    { find: /^sandbox-sessions-codegen\/types$/, replacement: source('packages/codegen/src/types.ts') },
    { find: /^sandbox-sessions-(\w+)\/(mock|spec-diff)$/, replacement: source('packages/$1/src/$2/index.ts') },
  ],
}
const limits = { testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    // Most tests wait more than they work, and on two cores vitest would run them one by one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', './test/support/closing-line.ts'],
    coverage: {
      // The SDK as it stands, and the server as it is built: so it runs in the tests.
      include: ['src/**/*.ts', 'packages/server/dist/service/**/*.js'],
      reporter: ['text', 'html', 'json-summary'],
    },
    projects: [
      { oxc, resolve, test: { ...limits, name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: 'test/types/tsconfig.json',
          },
        },
      },
      { oxc, test: { ...limits, name: 'node', include: ['test/node/**/*.test.ts'] } },
      {
        oxc,
        test: {
          ...limits,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
      { oxc, test: { ...limits, name: 'runtimes', include: ['test/runtimes/*.test.ts'] } },
      { oxc, test: { ...limits, name: 'docs', include: ['test/docs/**/*.test.ts'] } },
      { oxc, test: { ...limits, name: 'faults', include: ['test/faults/**/*.test.ts'], maxConcurrency: 12 } },
      { oxc, resolve, test: { ...limits, name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      { oxc, test: { ...limits, testTimeout: 120_000, name: 'mutations', include: ['test/mutations/**/*.test.ts'] } },
      { oxc, test: { ...limits, name: 'fuzz', include: ['test/fuzz/**/*.test.ts'] } },
      {
        oxc,
        test: {
          ...limits,
          name: 'proxied',
          include: [
            'test/integration/{reference,commands,files,streams,examples}.test.ts',
            'test/proxied/**/*.test.ts',
          ],
          globalSetup: ['test/proxied/global-setup.ts'],
          setupFiles: ['test/proxied/setup.ts'],
          // What the proxy finds then belongs to the one test that runs.
          fileParallelism: false,
        },
      },
      { oxc, test: { ...limits, name: 'server', include: ['packages/server/test/**/*.test.ts'] } },
      {
        oxc,
        test: {
          ...limits,
          name: 'cli',
          include: ['packages/cli/test/**/*.test.ts'],
          globalSetup: ['packages/cli/test/support/global-setup.ts'],
        },
      },
    ],
  },
})

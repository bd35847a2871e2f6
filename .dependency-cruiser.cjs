/**
 * What may know what: the six rules of the house, held by `npm run check`. Types count. There is no list of exceptions.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const features = '^src/(sessions|commands|files)/'
const server = '^packages/server/src/'
/** The SDK stands for what is generated, too: it publishes that. */
const packages = {
  openapi: [],
  codegen: ['openapi'],
  conformance: ['sdk', 'openapi'],
  server: ['sdk', 'openapi'],
  cli: ['sdk', 'conformance'],
}

/** In one package, nothing of our other ones but these. Packages go by their names, which lead to node_modules. */
const mayKnow = ([name, known]) => ({
  name: `5-${name}-knows-${known.join('-') || 'none-of-ours'}`,
  comment: `packages/${name} may know of our packages: ${known.join(', ') || 'none'}.`,
  severity: 'error',
  from: { path: `^packages/${name}/src/` },
  to: {
    path: '^node_modules/sandbox-sessions-',
    pathNot: `^node_modules/sandbox-sessions-(${known.join('|') || 'none'})/`,
  },
})

module.exports = {
  forbidden: [
    {
      name: '1-no-circles',
      comment: 'Two modules that need each other are one, or need a third. Types count.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: '2-sdk-runs-everywhere',
      comment: 'src/ outside src/node runs in browsers and Workers: nothing of Node there.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/node/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: '2-sdk-outside-node-entry',
      comment: 'What needs Node is an entry of its own: the rest of src/ does not import it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/node/' },
      to: { path: '^src/node/' },
    },
    {
      name: '2-sdk-knows-no-package',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: ['^packages/', '^node_modules/sandbox-sessions-'] },
    },
    {
      name: '5-server-knows-what-is-generated-only',
      severity: 'error',
      from: { path: server },
      to: {
        path: '^node_modules/sandbox-sessions-sdk/',
        pathNot: '^node_modules/sandbox-sessions-sdk/dist/(types/generated/|constraints|sandbox-api)',
      },
    },
    {
      name: '3-transport-knows-no-feature',
      comment: 'Attempts, deadlines and credentials are the same for all that is sent.',
      severity: 'error',
      from: { path: '^src/transport/' },
      to: { path: '^src/', pathNot: '^src/(transport/|internal/|errors\\.ts$|options\\.ts$|version\\.ts$)' },
    },
    {
      name: '3-features-meet-through-core',
      comment: 'Features meet in src/core and in the composition root, src/client.ts and src/session.ts.',
      severity: 'error',
      from: { path: '^src/(sessions|commands|files)/' },
      to: { path: features, pathNot: '^src/$1/' },
    },
    {
      name: '3-core-knows-no-feature',
      severity: 'error',
      from: { path: '^src/(core|internal|transport)/' },
      to: { path: [features, '^src/(client|session|index)\\.ts$'] },
    },
    {
      name: '4-packages-go-by-their-names',
      comment: 'Import a package by its name, never by a path into its source.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^(packages|src|generated|dist)/', pathNot: '^packages/$1/' },
    },
    {
      name: '4-tests-and-scripts-use-names-too',
      severity: 'error',
      from: { path: '^(scripts|bench|examples|test)/' },
      to: { path: '^packages/' },
    },
    {
      name: '4-nothing-outside-tests-imports-tests',
      severity: 'error',
      from: { pathNot: '(^|/)test/|^packages/testkit/' },
      to: { path: '(^|/)test/|^(packages|node_modules)/(sandbox-sessions-)?testkit/' },
    },
    ...Object.entries(packages).map(mayKnow),
    {
      name: '6-service-knows-no-http',
      comment: 'Sessions are the same whatever they are asked for by.',
      severity: 'error',
      from: { path: `${server}service/` },
      to: { path: [`${server}(http|operations)/`, '^node_modules/sandbox-sessions-'] },
    },
    {
      name: '6-engines-know-engines-only',
      severity: 'error',
      from: { path: `${server}engines/` },
      to: { path: [server, '^node_modules/sandbox-sessions-'], pathNot: `${server}engines/` },
    },
    {
      name: '6-contract-knows-no-engine',
      severity: 'error',
      from: { path: `${server}engines/contract/` },
      to: { path: server, pathNot: `${server}engines/contract/` },
    },
    {
      name: '6-guest-knows-guest-only',
      comment: 'It runs where nothing else of ours is.',
      severity: 'error',
      from: { path: `${server}engines/guest/` },
      to: { pathNot: [`${server}engines/guest/`, '^node:'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'support-knows-support-only',
      severity: 'error',
      from: { path: `${server}support/` },
      to: { path: server, pathNot: `${server}support/` },
    },
    {
      name: 'nothing-is-unresolved',
      comment: 'A rule that can not see where an import leads holds nothing.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^bun$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    // A package that is imported by its name is then told from one that is imported by a path.
    preserveSymlinks: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules', '(^|/)dist/'] },
    exclude: { path: ['^docs/', '(^|/)coverage/', '^test/toolchains/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.json', '.d.ts'],
    },
  },
}

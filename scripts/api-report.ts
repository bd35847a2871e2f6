/**
 * Writes the public API of the SDK, from its built types, to docs/api/: `npm run api`. So a change of the API is a change of a file
 * that is reviewed. With `--check` it writes nothing and fails when a report is stale.
 */
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from '@microsoft/api-extractor'

const root = fileURLToPath(new URL('..', import.meta.url))
interface EntryPoint {
  readonly report: string
  readonly types: string
  /** Whether to show types that it uses and does not export. */
  readonly whole: boolean
}

const entryPoints: readonly EntryPoint[] = [
  { report: 'sandbox-sessions-sdk', types: 'dist/types/src/index.d.ts', whole: true },
  // The other entry exports the types that it uses.
  { report: 'sandbox-sessions-sdk-node', types: 'dist/types/src/node/index.d.ts', whole: false },
]
const quiet = { default: { logLevel: ExtractorLogLevel.None } }

function configuration(entry: EntryPoint, reportFolder: string, reportTempFolder: string): IConfigFile {
  const { report, types, whole } = entry
  return {
    projectFolder: root,
    mainEntryPointFilePath: path.join(root, types),
    compiler: {
      overrideTsconfig: {
        extends: path.join(root, 'tsconfig.build.json'),
        compilerOptions: { composite: false, types: ['node'] },
        include: [],
        files: [path.join(root, types)],
      },
    },
    newlineKind: 'lf',
    apiReport: {
      enabled: true,
      reportFileName: `${report}.api.md`,
      reportFolder,
      reportTempFolder,
      includeForgottenExports: whole,
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      extractorMessageReporting: {
        ...quiet,
        'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
      },
      tsdocMessageReporting: quiet,
    },
  }
}

async function apiReport(flags: { check: boolean; out: string }): Promise<void> {
  const out = path.resolve(flags.out)
  const temporary = await mkdtemp(path.join(tmpdir(), 'sandbox-api-report-'))
  await mkdir(out, { recursive: true })
  try {
    const stale = entryPoints.filter((entry) => {
      const config = ExtractorConfig.prepare({
        configObject: configuration(entry, out, temporary),
        configObjectFullPath: undefined,
        packageJsonFullPath: path.join(root, 'package.json'),
      })
      const result = Extractor.invoke(config, {
        localBuild: !flags.check,
        messageCallback: (message) => {
          message.handled = message.logLevel !== ExtractorLogLevel.Error || message.messageId.startsWith('console-')
        },
      })
      if (result.errorCount > 0) throw new Error(`The types of ${entry.types} can't be read.`)
      return result.apiReportChanged
    })
    tell(
      stale.map(({ report }) => path.relative(process.cwd(), path.join(out, `${report}.api.md`))),
      flags.check,
    )
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

function tell(stale: readonly string[], check: boolean): void {
  if (stale.length === 0) console.log(check ? 'docs/api/ is fresh.' : 'docs/api/ was fresh already.')
  else if (!check) console.log(`Wrote ${stale.join(', ')}.`)
  else {
    console.error(
      `The public API differs from ${stale.join(', ')}. If that is meant, run \`npm run api\` and commit what it writes.`,
    )
    process.exitCode = 1
  }
}

try {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      out: { type: 'string', default: path.join(root, 'docs/api') },
    },
  })
  await apiReport(values)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

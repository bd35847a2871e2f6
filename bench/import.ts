/**
 * What the first import of the built package adds to the start of a bare Node: `npm run bench:import`. BENCH_BASELINE is the folder of
 * another checkout, built too, that is measured beside this one.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { quantile } from './interleave.js'

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 40)
/** The first ones, which find nothing in the caches of the system, are not counted. */
const warmUp = 3
/** Milliseconds that an import may add. */
const budget = 15
const root = fileURLToPath(new URL('..', import.meta.url))

interface Start {
  readonly name: string
  readonly folder: string
  readonly type: 'module' | 'commonjs'
  readonly script: string
}

/** Milliseconds. */
interface Cost {
  readonly clock: number
  readonly processor: number
}

/** What a Node has loaded anyhow: to tell its costs, nothing more is loaded. */
const tellCost = `process.once('exit', () => {
  const { user, system } = process.cpuUsage()
  process.getBuiltinModule('fs').writeSync(1, String((user + system) / 1000))
})`

const bare = {
  module: { name: 'bare Node, ES module', folder: root, type: 'module', script: '' },
  commonjs: { name: 'bare Node, CommonJS', folder: root, type: 'commonjs', script: '' },
} as const satisfies Record<Start['type'], Start>

function importsOf(folder: string, where: string): readonly Start[] {
  // The package by its own name: from its folder that is the package itself.
  return [
    { name: `import${where}`, folder, type: 'module', script: "import 'sandbox-sessions-sdk'" },
    { name: `require()${where}`, folder, type: 'commonjs', script: "require('sandbox-sessions-sdk')" },
  ]
}

function start({ folder, type, script }: Start): Cost {
  const args = ['--no-warnings', `--input-type=${type}`, '--eval', `${script}\n${tellCost}`]
  const began = performance.now()
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const clock = performance.now() - began
  if (status !== 0) throw new Error(`${script} failed in ${folder}. Is it built?`)
  return { clock, processor: Number(stdout) }
}

const own = importsOf(root, '')
const { BENCH_BASELINE: baseline } = process.env
const others = baseline === undefined ? [] : importsOf(baseline, ` in ${baseline}`)
const starts: readonly Start[] = [bare.module, bare.commonjs, ...own, ...others]

const costs = new Map(starts.map((each) => [each, new Array<Cost>()]))
for (let round = 0; round < warmUp + rounds; round += 1) {
  for (const each of starts) {
    const cost = start(each)
    if (round >= warmUp) costs.get(each)?.push(cost)
  }
}

function median(each: Start, kind: keyof Cost): number {
  const sorted = costs
    .get(each)
    ?.map((cost) => cost[kind])
    .sort((a, b) => a - b)
  return quantile(sorted, 0.5)
}

/** Over a bare start of the same kind. */
function added(each: Start, kind: keyof Cost): number {
  return median(each, kind) - median(bare[each.type], kind)
}

console.log(`Node ${process.version}, ${rounds} rounds, each starts every line once. Medians in milliseconds.\n`)
console.log(`${''.padEnd(44)}   clock   added    processor   added`)
for (const each of starts) {
  const [clock, processor] = (['clock', 'processor'] as const).map((kind) => {
    const over = each === bare[each.type] ? '' : added(each, kind).toFixed(1)
    return `${median(each, kind).toFixed(1).padStart(8)}${over.padStart(8)}`
  })
  console.log(`${each.name.padEnd(44)}${clock ?? ''}     ${processor ?? ''}`)
}
// Other programs add to the clock, and threads of Node's own to the time of the processor: the smaller is nearer to the truth.
const most = Math.max(...own.map((each) => Math.min(added(each, 'clock'), added(each, 'processor'))))
const isKept = most <= budget
console.log(`\nAt most ${budget} ms over a bare Node: ${isKept ? 'kept' : 'NOT KEPT'} (${most.toFixed(1)}).`)
if (!isKept) process.exitCode = 1

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { publishedSpec } from 'sandbox-sessions-conformance'
import { isObject } from 'sandbox-sessions-openapi'

/** Prism in a process of its own, on a free port of the loopback, gone at the end of the block. */
export interface Prism extends AsyncDisposable {
  /** What a client takes as `apiUrl`. Prism serves the paths of the spec by themselves, without the base path. */
  readonly url: string
  readonly pid: number
  /** What it has printed so far, with its violations. */
  readonly log: readonly string[]
}

export type PrismOptions =
  | { readonly mode: 'mock'; readonly spec?: string }
  | {
      readonly mode: 'proxy'
      readonly spec?: string
      /** With the base path of the API. */
      readonly upstream: string
    }

/** Ends a process when its standard input does: then the one that started it is gone, even if it was killed. */
const endWithParent = `data:text/javascript,process.stdin.on('close',()=>process.exit()).resume()`

/** Prism starts again, on another port, when it sees that the spec was written. */
const unwatched = { CHOKIDAR_USEPOLLING: '1', CHOKIDAR_INTERVAL: '2147483647' }

/** @throws {Error} with what Prism printed, when it does not start. */
export async function startPrism(options: PrismOptions): Promise<Prism> {
  const { mode, spec = publishedSpec } = options
  const target = options.mode === 'proxy' ? [options.upstream] : []
  const flags = ['--errors', '--multiprocess=false', '--cors=false', '--host=127.0.0.1', '--port=0']
  const child = spawn(process.execPath, ['--import', endWithParent, prismBin(), mode, spec, ...target, ...flags], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...unwatched, FORCE_COLOR: '0' },
  })
  const log: string[] = []
  try {
    const url = await new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          log.push(line)
          const [, address] = /Prism is listening on (http:\S+)/.exec(line) ?? []
          if (address !== undefined) resolve(address)
        })
      }
      child.once('error', reject)
      child.once('close', () => reject(new Error(`Prism did not start:\n${log.join('\n')}`)))
    })
    if (child.pid === undefined) throw new Error('Prism has no process')
    return { url, pid: child.pid, log, [Symbol.asyncDispose]: () => stop(child) }
  } catch (error) {
    await stop(child)
    throw error
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

/** The program that npx would run, without a shell and a second process around it. */
function prismBin(): string {
  const manifest = createRequire(import.meta.url).resolve('@stoplight/prism-cli/package.json')
  const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
  const bin = isObject(content) && isObject(content['bin']) ? content['bin']['prism'] : undefined
  return path.resolve(path.dirname(manifest), String(bin))
}

import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isJson } from '../../../scripts/generate/document.js'
import { type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { run } from 'sandbox-sessions-testkit/run'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const workspaces = ['.', 'packages/server', 'packages/cli']

/** A registry that has the packages of this repository as they would be published now, and all others from the real one. */
export interface Registry extends AsyncDisposable {
  readonly url: string
}

export async function localRegistry(): Promise<Registry> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-registry-'))
  const flags = workspaces.flatMap((each) => ['--workspace', each])
  const packed = await run('npm', ['pack', ...flags, '--pack-destination', folder], { cwd: root })
  if (packed.code !== 0) throw new Error(packed.output)
  const { output } = await run('npm', ['config', 'get', 'registry'], { cwd: root })
  const upstream = output.trim()
  const documents = new Map<string, (url: string) => object>()
  for (const workspace of workspaces) {
    const manifest: unknown = JSON.parse(await readFile(path.join(root, workspace, 'package.json'), 'utf8'))
    if (!isJson(manifest)) throw new Error(`${workspace} has no manifest`)
    const [name, version] = [String(manifest['name']), String(manifest['version'])]
    const file = (await readdir(folder)).find((each) => each.startsWith(`${name}-${version}`))
    documents.set(name, (url) => ({
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...manifest, dist: { tarball: `${url}/-/${String(file)}` } } },
    }))
  }
  const server: Fixture = await httpFixture((request, response) => {
    const origin = new URL(server.url).origin
    const [, tarball] = /\/-\/(sandbox-sessions-[\w.-]+\.tgz)$/.exec(request.url ?? '') ?? []
    const document = documents.get(decodeURIComponent(request.url?.slice(1) ?? ''))
    if (tarball !== undefined) createReadStream(path.join(folder, tarball)).pipe(response)
    else if (document !== undefined) respond(response, 200, document(origin))
    else response.writeHead(302, { location: new URL(request.url?.slice(1) ?? '', upstream).href }).end()
  })
  return {
    url: new URL(server.url).origin,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

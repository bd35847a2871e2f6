import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { run } from 'sandbox-sessions-testkit/run'
import { inPublished, published, root } from 'sandbox-sessions-testkit/workspaces'

/** A registry that has the packages of this repository as they would be published now, and all others from the real one. */
export interface Registry extends AsyncDisposable {
  readonly url: string
}

export async function localRegistry(): Promise<Registry> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-registry-'))
  const packed = await run('npm', ['pack', ...inPublished, '--pack-destination', folder], { cwd: root })
  if (packed.code !== 0) throw new Error(packed.output)
  const { output } = await run('npm', ['config', 'get', 'registry'], { cwd: root })
  const upstream = output.trim()
  const documents = new Map<string, (url: string) => object>()
  for (const { name, manifest } of published) {
    const version = String(manifest['version'])
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

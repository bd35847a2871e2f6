import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isObject, type JsonObject, list } from 'sandbox-sessions-openapi'

/** The root of the repository. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))

export interface Workspace {
  /** From the root: `.`, `packages/cli`. */
  readonly folder: string
  readonly name: string
  readonly manifest: JsonObject
}

/** The packages of this repository, private ones too, as its manifest names them. */
export const workspaces: readonly Workspace[] = list(readManifest('.')['workspaces'])
  .flatMap((glob) => foldersOf(String(glob)))
  .map((folder) => {
    const manifest = readManifest(folder)
    return { folder, name: String(manifest['name']), manifest }
  })

/** The packages that go out. */
export const published: readonly Workspace[] = workspaces.filter(({ manifest }) => manifest['private'] !== true)

/** Flags that make npm work on all packages that go out. */
export const inPublished: readonly string[] = published.flatMap(({ folder }) => ['--workspace', folder])

/** Flags that make npm work on a package and on those of this repository that it needs. */
export function withOwnDependencies(name: string): readonly string[] {
  const needed = new Set<string>()
  const visit = (each: string): void => {
    const workspace = workspaces.find((other) => other.name === each)
    if (workspace === undefined || needed.has(workspace.folder)) return
    needed.add(workspace.folder)
    const { dependencies } = workspace.manifest
    for (const dependency of Object.keys(isObject(dependencies) ? dependencies : {})) visit(dependency)
  }
  visit(name)
  return [...needed].flatMap((folder) => ['--workspace', folder])
}

/** A folder, or all folders in one that have a manifest. */
function foldersOf(glob: string): string[] {
  if (!glob.endsWith('/*')) return [glob]
  const parent = glob.slice(0, -2)
  return readdirSync(path.join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(parent, name))
}

function readManifest(folder: string): JsonObject {
  const manifest: unknown = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'))
  if (!isObject(manifest)) throw new Error(`${folder} has no manifest.`)
  return manifest
}

import { createHash, randomBytes } from 'node:crypto'
import { chmod, copyFile, readFile, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeDirectory } from './make-directory.js'

const supervisorSources = fileURLToPath(new URL('../guest', import.meta.url))

/** The files of the server that a sandbox needs, in a place that every user may read. */
export interface Runtime {
  /** Holds the supervisor: `guest/main.js`. */
  readonly directory: string
  readonly main: string
  /** A directory with a `python` that is the system's python3. */
  readonly bin: string
  /** A directory with `passwd`, `group`, `hosts` and `hostname` for a sandbox. */
  readonly etc: string
}

const etcTexts = {
  passwd: 'root:x:0:0:root:/nonexistent:/usr/sbin/nologin\nsandbox:x:1000:1000:sandbox:/workspace:/bin/bash\n',
  group: 'root:x:0:\nsandbox:x:1000:\n',
  hostname: 'sandbox\n',
  /** Stands in for a file that a sandbox must not read. */
  empty: '',
  // The sandbox has a full host name, since git, for example, makes an author's address from it, and refuses to commit without.
  hosts: '127.0.0.1 localhost\n::1 localhost\n127.0.0.1 sandbox.localdomain sandbox\n::1 sandbox.localdomain sandbox\n',
}

/**
 * Copies it once into `base`, under a name made from its content, so that a newer version of the server never changes what a
 * running one uses.
 */
export async function installRuntime(base: string): Promise<Runtime> {
  const sources = await readTree(supervisorSources)
  const hash = createHash('sha256')
    .update(JSON.stringify([sources, etcTexts]))
    .digest('hex')
    .slice(0, 16)
  const directory = join(base, hash)
  const runtime = {
    directory,
    main: join(directory, 'guest', 'main.js'),
    bin: join(directory, 'bin'),
    etc: join(directory, 'etc'),
  }
  if (await exists(directory)) return runtime
  const staging = join(base, `.new-${randomBytes(8).toString('hex')}`)
  await put(join(staging, 'package.json'), '{"type":"module"}\n')
  for (const [path, text] of sources) await put(join(staging, 'guest', path), text)
  for (const [name, text] of Object.entries(etcTexts)) await put(join(staging, 'etc', name), text)
  await makeDirectory(join(staging, 'bin'), 0o755)
  await symlink('/usr/bin/python3', join(staging, 'bin', 'python'))
  await moveInto(staging, directory)
  return runtime
}

/** The path of a copy of the running Node that every user may run. */
export async function installNode(base: string): Promise<string> {
  const hash = createHash('sha256').update(`${process.execPath} ${process.version}`).digest('hex').slice(0, 16)
  const directory = join(base, `node-${hash}`)
  if (!(await exists(directory))) {
    const staging = join(base, `.new-${randomBytes(8).toString('hex')}`)
    await makeDirectory(staging, 0o755)
    await copyFile(process.execPath, join(staging, 'node'))
    await chmod(join(staging, 'node'), 0o755)
    await moveInto(staging, directory)
  }
  return join(directory, 'node')
}

/** Another server may install the same at the same time: the first one wins. */
async function moveInto(staging: string, directory: string): Promise<void> {
  try {
    await rename(staging, directory)
  } catch (error) {
    await rm(staging, { recursive: true })
    if (!(await exists(directory))) throw error
  }
}

async function readTree(directory: string, prefix = ''): Promise<[path: string, text: string][]> {
  const found: [string, string][] = []
  const entries = await readdir(join(directory, prefix), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(prefix, entry.name)
    if (entry.isDirectory()) found.push(...(await readTree(directory, path)))
    else if (path.endsWith('.js')) found.push([path, await readFile(join(directory, path), 'utf8')])
  }
  return found
}

async function put(path: string, text: string): Promise<void> {
  await makeDirectory(dirname(path), 0o755)
  await writeFile(path, text)
  await chmod(path, 0o644)
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

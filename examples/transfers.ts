/** Files and directories between the disk and a session, with progress. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { SessionsClient } from 'sandbox-sessions-sdk'
import { downloadToPath, uploadFromPath } from 'sandbox-sessions-sdk/node'

await using client = new SessionsClient()
await using session = await client.createSession()
const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-example-'))

try {
  await mkdir(path.join(folder, 'project/src'), { recursive: true })
  await writeFile(path.join(folder, 'project/README'), 'A project')
  await writeFile(path.join(folder, 'project/src/main.py'), 'open("result.txt", "w").write("42")')

  const written = await uploadFromPath(session, path.join(folder, 'project'), 'project', {
    onProgress: ({ loaded, total }) => console.log(`${loaded} of ${total ?? '?'} bytes up`),
  })
  assert.deepEqual(
    written.map((file) => file.path),
    ['project/README', 'project/src/main.py'],
  )

  await session.run('python3 src/main.py', { cwd: 'project', check: true })
  assert.equal(await session.files.exists('project/result.txt'), true)

  // Compared by its checksum, and renamed into its place when it is complete.
  await downloadToPath(session, 'project', path.join(folder, 'copy'), { verify: true })
  assert.equal(await readFile(path.join(folder, 'copy/result.txt'), 'utf8'), '42')

  // Anything that gives bytes can be uploaded.
  async function* generated(): AsyncGenerator<string> {
    for (let line = 1; line <= 3; line += 1) yield await Promise.resolve(`line ${line}\n`)
  }
  const { size } = await session.files.upload('generated.txt', generated(), { verify: true })
  assert.equal(size, 21)
} finally {
  await rm(folder, { recursive: true })
}

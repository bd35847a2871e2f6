/**
 * How the time of a recursive listing grows with the number of files, beside `find`: `npm run bench:listing`.
 * BENCH_FILES sets the smaller number (default 5100); the larger one is four times as many.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Session, SessionsClient } from 'sandbox-sessions-sdk'
import { createSandboxServer } from 'sandbox-sessions-server'

const smaller = Number(process.env['BENCH_FILES'] ?? 5100)
const filesPerDirectory = 50
/** Times of the larger listing over those of the smaller one; 4 would be linear without any fixed cost. */
const aim = 6

const make = `import os, sys
for number in range(int(sys.argv[1])):
    directory = f"{sys.argv[2]}/{number // ${filesPerDirectory}}"
    if number % ${filesPerDirectory} == 0: os.makedirs(directory)
    open(f"{directory}/{number}", "w").close()`

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

async function best(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 3; round += 1) times.push(await seconds(work))
  return Math.min(...times)
}

async function measure(session: Session, files: number): Promise<{ listed: number; found: number }> {
  const directory = `files-${files}`
  await session.run(`python3 - ${files} ${directory}`, { stdin: make, timeout: 300 })
  const list = async (): Promise<void> => {
    const entries = await session.files.list(directory, { recursive: true }).toArray()
    const wanted = files + Math.ceil(files / filesPerDirectory)
    if (entries.length !== wanted) throw new Error(`${entries.length} entries were listed in place of ${wanted}.`)
  }
  return {
    listed: await best(list),
    found: await best(() => session.run(`find ${directory} -printf '%p %y %s %m %T@\\n' | wc -l`, { timeout: 300 })),
  }
}

const dataDir = await mkdtemp(path.join(tmpdir(), 'sandbox-bench-'))
try {
  const server = await createSandboxServer({ port: 0, dataDir, token: 'bench' })
  await using client = new SessionsClient({ apiUrl: server.url, bearerToken: 'bench' })
  const session = await client.createSession()
  const few = await measure(session, smaller)
  const many = await measure(session, 4 * smaller)
  const ratio = many.listed / few.listed
  const show = (time: number): string => `${time.toFixed(2)} s`
  console.log(`${smaller} files: listed in ${show(few.listed)}, find -printf ${show(few.found)}`)
  console.log(`${4 * smaller} files: listed in ${show(many.listed)}, find -printf ${show(many.found)}`)
  console.log(`four times the files take ${ratio.toFixed(1)} times as long (aim: at most ${aim})`)
  await session.delete()
  await server.close()
  if (ratio > aim) process.exitCode = 1
} finally {
  await rm(dataDir, { recursive: true, force: true })
}

/**
 * Many operations of every kind, through a proxy that breaks a part of them. Runs on its own, with `--expose-gc`, and must end by
 * itself. Answers what it saw; what really is, it asks the server directly.
 */
import {
  type CommandResult,
  FileNotFoundError,
  SandboxAPIError,
  type Session,
  SessionNotFoundError,
  SessionsClient,
} from 'sandbox-sessions-sdk'

/** A session that one worker has for itself, and what should be in it. */
interface Owned {
  readonly session: Session
  readonly files: Map<string, Uint8Array<ArrayBuffer>>
  /** Commands and code by id: whether the call succeeded. */
  readonly runs: Map<string, boolean>
}

const [proxy = '', server = '', token = '', seed, operations, workers] = process.argv.slice(2)
const { gc } = globalThis
if (gc === undefined) throw new Error('Run it with --expose-gc')
// Node opens them when somebody looks at them first, its fetch among others.
const ownPipes = [process.stdout, process.stderr]
const atStart = process.getActiveResourcesInfo()

const client = new SessionsClient({
  apiUrl: proxy,
  bearerToken: token,
  timeoutMs: 3000,
  maxRetries: 4,
  maxRetryDelayMs: 20,
})
const direct = new SessionsClient({ apiUrl: server, bearerToken: token })

const failures: Record<string, number> = {}
const succeeded: Record<string, number> = {}
/** What must not be. */
const wrong: string[] = []
const created = new Map<string, 'live' | 'deleted' | 'unknown'>()
const unknownCreates = new Set<string>()
let state = Number(seed)
const last = Number(operations)
let issued = 0
let heapEarly = 0

function below(end: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * end)
}

/** Makes a call. Undefined when it failed in one of the documented ways; any other way is wrong. */
async function attempt<T>(name: string, call: () => PromiseLike<T>): Promise<{ value: T } | undefined> {
  try {
    const value = await call()
    succeeded[name] = (succeeded[name] ?? 0) + 1
    return { value }
  } catch (error) {
    if (!(error instanceof SandboxAPIError)) wrong.push(`${name}: ${String(error)}`)
    else failures[error.name] = (failures[error.name] ?? 0) + 1
    // Nobody has deleted it, and it can't have expired.
    if (error instanceof SessionNotFoundError) wrong.push(`${name}: ${error.message}`)
    return undefined
  }
}

function expectThat(holds: boolean, what: string): void {
  if (!holds) wrong.push(what)
}

async function create(mine: Owned[], id: string): Promise<void> {
  const made = await attempt('createSession', () => client.createSession({ ttl: 3600, metadata: { mark: id } }))
  if (made === undefined) {
    unknownCreates.add(id)
    return
  }
  expectThat(made.value.metadata['mark'] === id, `createSession ${id} answered another session`)
  created.set(id, 'live')
  mine.push({ session: made.value, files: new Map(), runs: new Map() })
}

async function remove(mine: Owned[], owned: Owned): Promise<void> {
  await checkRuns(owned)
  mine.splice(mine.indexOf(owned), 1)
  const done = await attempt('deleteSession', () => client.deleteSession(owned.session.sessionId))
  created.set(String(owned.session.metadata['mark']), done === undefined ? 'unknown' : 'deleted')
}

/** A run leaves its id in a file of the session: once, or not at all when its call failed. */
async function checkRuns({ session, runs }: Owned): Promise<void> {
  const log = await readLog(session.sessionId)
  for (const [id, ok] of runs) {
    const times = log.filter((line) => line === id).length
    expectThat(
      times === 1 || (times === 0 && !ok),
      `${id} ran ${times} times, and its call ${ok ? 'succeeded' : 'failed'}`,
    )
  }
}

async function readLog(sessionId: string): Promise<string[]> {
  try {
    return (await (await direct.downloadFile(sessionId, 'log')).text()).split('\n')
  } catch (error) {
    if (error instanceof FileNotFoundError) return []
    throw error
  }
}

async function record(owned: Owned, id: string, name: string, call: () => Promise<CommandResult>): Promise<void> {
  owned.runs.set(id, false)
  const done = await attempt(name, call)
  if (done === undefined) return
  owned.runs.set(id, true)
  expectThat(done.value.ok && done.value.stdout === `${id}\n`, `${id} answered ${JSON.stringify(done.value)}`)
}

async function upload({ session, files }: Owned, id: string): Promise<void> {
  const name = `file-${below(4)}`
  const bytes = new Uint8Array(1 + below(20_000)).fill(below(256))
  const done = await attempt('uploadFile', () => session.files.upload(name, bytes, { overwrite: true }))
  if (done === undefined) files.delete(name)
  else {
    files.set(name, bytes)
    expectThat(done.value.size === bytes.length, `upload ${id} answered ${done.value.size} bytes`)
  }
}

async function download({ session, files }: Owned, id: string): Promise<void> {
  const [name, bytes] = [...files][0] ?? []
  if (name === undefined || bytes === undefined) return
  const done = await attempt('downloadFile', async () => (await session.files.download(name)).bytes())
  if (done !== undefined) expectThat(Buffer.compare(done.value, bytes) === 0, `download ${id} answered other bytes`)
}

async function removeFile({ session, files }: Owned): Promise<void> {
  const [name] = files.keys()
  if (name === undefined) return
  files.delete(name)
  await attempt('deleteFile', () => session.files.delete(name))
}

async function operate(mine: Owned[], id: string): Promise<void> {
  const owned = mine[below(mine.length)]
  const dice = below(100)
  if (owned === undefined || (mine.length < 2 && dice < 8)) return create(mine, id)
  const { session } = owned
  const options = { timeoutMs: 4000 }
  if (dice < 14) return remove(mine, owned)
  if (dice < 38) return record(owned, id, 'executeCommand', () => session.run(`echo ${id} >> log; echo ${id}`, options))
  if (dice < 46) {
    const code = `open("log", "a").write("${id}\\n"); print("${id}")`
    return record(owned, id, 'executeCode', () => session.runCode(code, options))
  }
  if (dice < 60) return upload(owned, id)
  if (dice < 72) return download(owned, id)
  if (dice < 76) return removeFile(owned)
  if (dice < 84) await attempt('listFiles', () => session.files.list())
  else if (dice < 93) await attempt('getSession', () => client.getSession(session.sessionId))
  else if (dice < 96) await attempt('updateSession', () => session.extend(3600))
  else await attempt('listSessions', () => client.listSessions({ limit: 5 }))
}

/** What is in use when nothing is garbage. */
async function heapAfterCollection(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    gc?.()
  }
  return process.memoryUsage().heapUsed
}

async function work(): Promise<void> {
  const mine: Owned[] = []
  while (issued < last) {
    issued += 1
    const id = `op-${issued}`
    if (issued === Math.floor(last / 4)) heapEarly = await heapAfterCollection()
    await operate(mine, id)
  }
  for (const owned of mine) await checkRuns(owned)
}

await Promise.all(Array.from({ length: Number(workers) }, work))

// Every session on the server is one that is known of, and none is there twice.
const onServer = await direct.listSessions({ limit: 100 }).toArray()
const marks = onServer.map((session) => String(session.metadata['mark']))
expectThat(new Set(marks).size === marks.length, `created twice: ${marks.join(' ')}`)
for (const mark of marks) {
  const known = created.get(mark) ?? (unknownCreates.has(mark) ? 'unknown' : 'orphaned')
  expectThat(known === 'live' || known === 'unknown', `session ${mark} is there, and is ${known}`)
}
for (const [mark, known] of created) {
  expectThat(known !== 'live' || marks.includes(mark), `session ${mark} is gone`)
}

client.close()
direct.close()
const heapGrowth = (await heapAfterCollection()) - heapEarly
const left = process.getActiveResourcesInfo()
// What the program itself was started with, its pipes, is there still.
expectThat(
  ownPipes.every((pipe) => !pipe.destroyed),
  'its own pipes are gone',
)
for (const name of atStart) if (left.includes(name)) left.splice(left.indexOf(name), 1)
console.log(JSON.stringify({ issued, succeeded, failures, wrong, heapGrowth, left, sessions: marks.length }))

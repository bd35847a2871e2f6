import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BubblewrapEngine } from '../../dist/engines/bubblewrap/engine.js'
import type { Sandbox } from '../../dist/engines/contract/engine.js'
import { EngineUnavailableError, PathEscapesError, SandboxGoneError } from '../../dist/engines/contract/errors.js'
import { freshId } from './contract/subject.js'
import { bubblewrapMissing, from, killServer, run, temporaryDirectory } from './support.js'
import { markedSleep, processesWith } from 'sandbox-sessions-testkit/processes'

const missing = await bubblewrapMissing()
const isRoot = process.getuid?.() === 0
const because = missing === undefined ? '' : ` (${missing})`
const mib = 1024 ** 2

describe.skipIf(missing !== undefined)(`bubblewrap's isolation${because}`, () => {
  const directory = temporaryDirectory()
  // Passable, so that the plain way to a sandbox's directory is tested here; the conformance suite has a private one.
  chmodSync(directory.path, 0o711)
  const limits = { processes: 64, tmpBytes: 4 * mib, shmBytes: 2 * mib, fileBytes: 8 * mib, openFiles: 256 }
  const engine = new BubblewrapEngine({ dataDir: directory.path, limits })
  const sandboxes = join(directory.path, 'bubblewrap', 'sandboxes')
  let sandbox: Sandbox
  const create = (): Promise<Sandbox> => engine.create(freshId(), {})
  const output = async (script: string): Promise<string> => {
    const { stdout, stderr } = await run(sandbox, script)
    return stdout + stderr
  }
  beforeAll(async () => {
    sandbox = await create()
  })
  afterAll(async () => {
    await engine.close()
    directory.remove()
  })

  test("does not show the host's files", async () => {
    writeFileSync(join(directory.path, 'secret'), 'secret')
    const here = fileURLToPath(import.meta.url)
    for (const path of ['/root', '/home', '/etc/shadow', '/var', '/sys', '/boot', '/work', directory.path, here]) {
      expect(await output(`ls -d '${path}' >/dev/null 2>&1 && echo visible`), path).toBe('')
    }
    expect(await output('cat /etc/passwd')).not.toMatch(/daemon|www-data/)
  })

  test('[C2] has what programs look for in /etc', async () => {
    const script = [
      'import os, platform, pwd, socket',
      'print("ID" in platform.freedesktop_os_release())',
      'print(open("/etc/os-release").read() == os.environ["RELEASE"])',
      'full = socket.getaddrinfo("sandbox", None, flags=socket.AI_CANONNAME)[0][3]',
      'print(socket.gethostname(), full, socket.gethostbyname("sandbox"), open("/etc/hostname").read().strip())',
      'print(pwd.getpwuid(os.getuid()).pw_name, os.path.expanduser("~sandbox"))',
      'print(any(" /workspace " in line for line in open("/etc/mtab")))',
      'print([os.path.exists(f"/etc/{name}") for name in os.environ["SHARED"].split()])',
    ].join('\n')
    const release = readFileSync('/etc/os-release', 'utf8')
    const shared = ['services', 'protocols', 'timezone', 'fonts', 'terminfo'].filter((name) =>
      existsSync(`/etc/${name}`),
    )
    const env = { RELEASE: release, SHARED: shared.join(' ') }
    const { stdout, stderr } = await run(sandbox, '', { argv: ['python3', '-c', script], env })
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n')).toEqual([
      'True',
      'True',
      'sandbox sandbox.localdomain 127.0.0.1 sandbox',
      'sandbox /workspace',
      'True',
      `[${shared.map(() => 'True').join(', ')}]`,
    ])
  })

  test('[C2] lets git commit without a word about who commits', async () => {
    const commit = 'git init -q repository && cd repository && touch file && git add file && git commit -qm First'
    expect(await run(sandbox, `${commit} && git log --format='%an <%ae> %s'`)).toMatchObject({
      stdout: 'sandbox <sandbox@sandbox.localdomain> First\n',
      exitCode: 0,
    })
  })

  test.runIf(existsSync('/usr/bin/java'))('[C2] runs Java, whose settings are in /etc', async () => {
    const source = 'class A { public static void main(String[] a) throws Exception { System.out.println(6 * 7); } }'
    const { stdout, stderr } = await run(sandbox, 'cat > A.java; java A.java', { stdin: from(source) })
    expect(stdout, stderr).toBe('42\n')
  })

  test('[C2] has nothing in /etc that tells of the host', async () => {
    const own = ['group', 'hostname', 'hosts', 'mtab', 'passwd']
    const shared = ['alternatives', 'debian_version', 'fonts', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'localtime']
    const others = ['lsb-release', 'mime.types', 'nsswitch.conf', 'os-release', 'protocols', 'services', 'ssl']
    const known = [...own, ...shared, ...others, 'terminfo', 'timezone']
    const found = (await output('ls -A /etc')).trim().split('\n')
    expect(found.filter((name) => !known.includes(name) && !name.startsWith('java-'))).toEqual([])
    expect(await output('cat /etc/hostname /etc/hosts /etc/passwd /etc/group')).not.toContain(hostname())
  })

  test('has no network, not even to the host by loopback', async () => {
    const server = createServer((socket) => socket.end('reached'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    expect(await output(`cat < /dev/tcp/127.0.0.1/${port}`)).toContain('refused')
    expect(await output('cat < /dev/tcp/192.0.2.1/80')).toContain('unreachable')
    expect(await output('grep -c : /proc/net/dev')).toBe('1\n')
    await new Promise((resolve) => server.close(resolve))
  })

  test("does not show the server's environment, paths, processes or open files", async () => {
    const all = await output('cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | tr "\\0" "\\n"')
    expect(all).toContain('bwrap')
    expect(all).not.toContain(directory.path)
    expect(all).not.toContain(process.cwd())
    const guests = ['PATH', 'HOME', 'USER', 'LANG', 'TERM', 'TMPDIR', 'PWD', 'SHLVL', '_']
    for (const name of Object.keys(process.env)) {
      if (!guests.includes(name)) expect(all.split('\n').filter((line) => line.startsWith(`${name}=`))).toEqual([])
    }
    expect((await output('ls -d /proc/[0-9]*')).split('\n').filter(Boolean).length).toBeLessThan(6)
    expect(await output('readlink /proc/[0-9]*/fd/*')).not.toMatch(new RegExp(`${directory.path}|${process.cwd()}`))
  })

  test('leaks no descriptor that the server was started with', async () => {
    const entry = new URL('../../dist/engines/bubblewrap/engine.js', import.meta.url)
    const program = `
      import { BubblewrapEngine } from ${JSON.stringify(entry)}
      const engine = new BubblewrapEngine({ dataDir: ${JSON.stringify(directory.path)} })
      const sandbox = await engine.create('inherits', {})
      const argv = ['sh', '-c', 'readlink /proc/[0-9]*/fd/*']
      const execution = await sandbox.exec({ argv, env: {}, cwd: '.', timeoutMs: 20000 })
      const show = async (stream) => { for await (const chunk of stream) process.stdout.write(chunk) }
      await Promise.all([show(execution.stdout), show(execution.stderr), execution.exit])
      await sandbox.destroy()
      await engine.close()
    `
    const command = `exec 250<${fileURLToPath(import.meta.url)}; exec "$0" --input-type=module -e "$1"`
    const child = spawn('bash', ['-c', command, process.execPath, program], { stdio: ['ignore', 'pipe', 'inherit'] })
    let seen = ''
    for await (const chunk of child.stdout) seen += String(chunk)
    expect(seen).toContain('/run/pipes/')
    expect(seen).not.toContain('bubblewrap.test')
  })

  test.runIf(isRoot)('gives every sandbox a user of its own, and keeps it', async () => {
    const owner = (id: string): number => statSync(join(sandboxes, id)).uid
    const other = await create()
    const before = owner(other.id)
    expect(before).toBeGreaterThanOrEqual(20_001)
    expect(before).not.toBe(owner(sandbox.id))
    const sleep = markedSleep()
    await run(other, `touch file; sleep ${sleep} &`)
    const [pid] = processesWith(sleep)
    expect(statSync(`/proc/${pid}`).uid).toBe(before)
    await run(other, 'kill -9 $PPID').catch(() => undefined)
    const recovered = await engine.recover(other.id, {})
    expect((await run(recovered, 'echo x >> file && id -u')).stdout).toBe('1000\n')
    expect(owner(other.id)).toBe(before)
    await recovered.destroy()
  })

  test("does not show one sandbox another's files or processes", async () => {
    const other = await create()
    const sleep = markedSleep()
    await run(other, `echo mine > mine; echo mine > /tmp/mine; sleep ${sleep} &`)
    expect(await output('ls -A /workspace /tmp; ps ax')).not.toMatch(new RegExp(`mine|${sleep}`))
    await other.destroy()
  })

  test('denies the system calls that change the machine or make namespaces', async () => {
    const script = [
      'import ctypes, platform, socket, subprocess',
      'libc = ctypes.CDLL(None, use_errno=True)',
      'arm = platform.machine() == "aarch64"',
      'def call(name, x64, arm64, *args):',
      '    ctypes.set_errno(0)',
      '    result = libc.syscall(ctypes.c_long(arm64 if arm else x64), *args)',
      '    error = ctypes.get_errno()',
      '    print(name, "denied" if result == -1 and error in (1, 38, 97) else ("allowed", result, error))',
      'call("mount", 165, 40, b"none", b"/tmp", b"tmpfs", 0, None)',
      'call("umount2", 166, 39, b"/tmp", 2)',
      'call("unshare", 272, 97, 0x10000000)',
      'call("setns", 308, 268, 0, 0)',
      'call("clone", 56, 220, 0x10000000 | 17, 0, 0, 0, 0)',
      'call("clone3", 435, 435, 0, 0)',
      'call("keyctl", 250, 219, 0, 0)',
      'call("bpf", 321, 280, 0, 0, 0)',
      'call("io_uring_setup", 425, 425, 1, 0)',
      'call("userfaultfd", 323, 282, 0)',
      'call("perf_event_open", 298, 241, 0, 0, 0, 0, 0)',
      'call("tiocsti", 16, 29, 0, 0x5412, b"x")',
      'call("vsock", 41, 198, 40, 1, 0)',
      'call("packet", 41, 198, 17, 3, 0)',
      'a, b = socket.socketpair(); a.send(b"works"); print("unix", b.recv(5).decode())',
      'print("fork", subprocess.check_output(["echo", "works"]).decode().strip())',
    ].join('\n')
    const { stdout, stderr } = await run(sandbox, '', { argv: ['python3', '-c', script] })
    expect(stderr).toBe('')
    const lines = stdout.trim().split('\n')
    expect(lines).toHaveLength(16)
    expect(lines.filter((line) => !line.endsWith(' denied'))).toEqual(['unix works', 'fork works'])
  })

  test('bounds /tmp, /dev/shm and a single file, and keeps the rest read-only', async () => {
    const fill = (path: string): Promise<string> =>
      output(`head -c 20M /dev/zero 2>/dev/null > ${path}; stat -c %s ${path}; rm ${path}`)
    expect(await fill('/tmp/big')).toBe(`${4 * mib}\n`)
    expect(await fill('/dev/shm/big')).toBe(`${2 * mib}\n`)
    expect(await fill('big')).toContain(`${8 * mib}\n`)
    const places = '/ /usr /etc /dev /run /run/sandbox /opt /proc/sys/kernel'
    expect(await output(`for d in ${places}; do touch $d/probe 2>/dev/null && echo $d; done`)).toBe('')
    const large = from(...Array.from({ length: 20 }, () => Buffer.alloc(mib)))
    await expect(sandbox.files.write('large', large, { overwrite: true })).rejects.toThrow('larger than')
    expect(await output('ls -A')).not.toMatch(/large|upload/)
  })

  test('runs commands with as few processes as a sandbox may have, and no more than the engine allows', async () => {
    const small = await engine.create(freshId(), { limits: { processes: 32 } })
    const outputs = await Promise.all(['a', 'b', 'c'].map((word) => run(small, `echo ${word} | cat`)))
    expect(outputs.map(({ stdout }) => stdout)).toEqual(['a\n', 'b\n', 'c\n'])
    await small.destroy()
    for (const processes of [31, 65, 33.5, NaN]) {
      await expect(engine.create(freshId(), { limits: { processes } })).rejects.toThrow('from 32 to 64')
    }
  })

  test('contains a fork bomb', async () => {
    const victim = await create()
    const marker = markedSleep()
    const bomb = `import os\n"${marker}"\nwhile True:\n try: os.fork()\n except OSError: pass`
    const argv = ['python3', '-c', bomb] as const
    const end: unknown = await run(victim, '', { argv, timeoutMs: 1000 }).catch((error: unknown) => error)
    expect(end instanceof SandboxGoneError || (end instanceof Object && 'timedOut' in end && end.timedOut)).toBe(true)
    await victim.destroy()
    expect(processesWith(marker)).toEqual([])
    expect(await output('echo unharmed')).toBe('unharmed\n')
  })

  test('kills what left its tree, its session and its environment', async () => {
    const sleep = markedSleep()
    const leave = `(setsid env -i setsid bash -c '(exec sleep ${sleep}) >/dev/null 2>&1 & disown' &)`
    const result = await run(sandbox, `${leave}; sleep 0.2; echo up; sleep 60`, { timeoutMs: 5000 })
    expect(result).toMatchObject({ stdout: 'up\n', timedOut: true })
    expect(processesWith(sleep)).toEqual([])
  })

  test('is not led out by a link that the guest planted', async () => {
    writeFileSync(join(directory.path, 'host-secret'), 'secret')
    await run(sandbox, `ln -s ${directory.path}/host-secret way-out; ln -s ${directory.path} way-up`)
    for (const path of ['way-out', 'way-up/host-secret']) {
      await expect(sandbox.files.read(path)).rejects.toThrow(PathEscapesError)
      await expect(sandbox.files.write(path, from('x'), { overwrite: true })).rejects.toThrow(PathEscapesError)
    }
  })

  test('survives catchable signals to everything', async () => {
    const signals = 'TERM INT HUP USR1 QUIT'
    const { stdout } = await run(sandbox, `trap "" ${signals}; for s in ${signals}; do kill -$s -1; done; echo sent`)
    expect(stdout).toBe('sent\n')
    expect(await output('echo on')).toBe('on\n')
  })

  test('takes every process with it when the server is killed', async () => {
    await killServer(directory.path, 'bubblewrap')
    expect(await engine.list()).toContain('victim')
    await engine.remove('victim')
  })

  test('leaves nothing in its directories', async () => {
    const victim = await create()
    await victim.destroy()
    expect(readdirSync(sandboxes)).toEqual([sandbox.id])
  })

  test.runIf(isRoot)('works in a directory that nobody else may pass', async () => {
    const hidden = join(directory.path, 'private')
    mkdirSync(hidden, { mode: 0o700 })
    const second = new BubblewrapEngine({ dataDir: hidden })
    await second.probe()
    await second.close()
  })
})

describe('an unavailable bubblewrap', () => {
  test('says what to install', async () => {
    const directory = temporaryDirectory()
    const engine = new BubblewrapEngine({ dataDir: directory.path, bwrap: 'no-such-bwrap' })
    const probing = engine.probe()
    await expect(probing).rejects.toThrow(EngineUnavailableError)
    await expect(probing).rejects.toThrow(/apt-get install bubblewrap.*--engine process --allow-unsafe/)
    directory.remove()
  })

  test('says what to allow when namespaces are forbidden', async () => {
    const directory = temporaryDirectory()
    chmodSync(directory.path, 0o755)
    const bwrap = join(directory.path, 'bwrap')
    const refuse = 'echo "bwrap: setting up uid map: Permission denied" >&2; exit 1'
    writeFileSync(bwrap, `#!/bin/sh\n[ "$1" = --help ] && echo "--size BYTES" && exit\n${refuse}\n`, { mode: 0o755 })
    const engine = new BubblewrapEngine({ dataDir: directory.path, bwrap })
    const probing = engine.probe()
    await expect(probing).rejects.toThrow(EngineUnavailableError)
    await expect(probing).rejects.toThrow(/uid map: Permission denied.*namespaces/s)
    expect(readdirSync(join(directory.path, 'bubblewrap', 'sandboxes'))).toEqual([])
    await engine.close()
    directory.remove()
  })
})

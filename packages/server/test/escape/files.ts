import { SandboxAPIError } from 'sandbox-sessions-sdk'
import { type Attempt, type Scene, shell } from './attempt.js'

const missing = /No such file or directory$/
const refused = /(Permission denied|Operation not permitted|Read-only file system|No such file or directory)$/
const nothing = /^$/

/** An attempt through the API, on a path that the guest has prepared. */
function throughApi(name: string, prepare: string, act: (scene: Scene) => Promise<unknown>, expected: RegExp): Attempt {
  const make = async (scene: Scene): Promise<string> => {
    await scene.attacker.run(`rm -rf trap; ${prepare}`, { check: true })
    try {
      return `got ${JSON.stringify(await act(scene))}`
    } catch (error) {
      if (error instanceof SandboxAPIError) return error.errorCode ?? ''
      throw error
    }
  }
  return { name, make, expected }
}

const text = async ({ attacker }: Scene, path: string): Promise<string> => (await attacker.files.download(path)).text()

/** What is on the host's disk. */
export const fileAttempts: readonly Attempt[] = [
  shell("the machine's passwords", 'cat /etc/shadow', missing),
  shell("root's home", 'ls -a /root', missing),
  shell('homes', 'ls -a /home', missing),
  shell('/var', 'ls /var', missing),
  shell('/boot', 'ls /boot', missing),
  shell('/sys', 'ls /sys', missing),
  shell('what the machine is called', 'cat /etc/machine-id', missing),
  shell('its name servers', 'cat /etc/resolv.conf', missing),
  shell('private keys of TLS', 'ls /etc/ssl/private', missing),
  shell('settings with credentials', 'cat /etc/npmrc /etc/pip.conf /etc/gitconfig 2>&1 | grep -v "No such"', nothing),
  shell('users of the machine', 'cut -d: -f1 /etc/passwd | xargs', /^root sandbox$/),
  shell('the token', ({ dataDir }) => `cat ${dataDir}/token`, missing),
  shell('the data directory', ({ dataDir }) => `ls ${dataDir}`, missing),
  shell(
    "another session's files",
    ({ dataDir, victimId }) => `ls ${dataDir}/sandboxes/bubblewrap/sandboxes/${victimId}`,
    missing,
  ),
  shell('the server itself', ({ entry }) => `cat ${entry}`, missing),
  shell(
    'the root of every process',
    'for p in /proc/[0-9]*; do ls -d $p/root/root $p/root/home; done 2>/dev/null',
    nothing,
  ),
  shell(
    'the directory of every process',
    'for p in /proc/[0-9]*; do readlink $p/cwd; done | grep -vxE "/workspace|/"',
    nothing,
  ),
  shell(
    'files that every process has open',
    ({ dataDir }) => `ls -l /proc/[0-9]*/fd 2>/dev/null | grep -F ${dataDir}`,
    nothing,
  ),
  shell("the server's environment", ({ secret }) => `cat /proc/[0-9]*/environ 2>/dev/null | grep -ac ${secret}`, /^0$/),
  shell(
    "the server's command line",
    // Not the command of the guest itself, which has the same letters but in brackets.
    ({ dataDir }) => `cat /proc/[0-9]*/cmdline | grep -ac '${dataDir.slice(0, -1)}[${dataDir.slice(-1)}]'`,
    /^0$/,
  ),
  shell('a file of the system, written', 'echo x > /usr/bin/env', refused),
  shell('a file beside it', 'touch /usr/bin/new', refused),
  shell('a file in /etc', 'touch /etc/new', refused),
  shell('a file in /', 'touch /new', refused),
  shell('the supervisor, written', 'echo x > /run/sandbox/guest/main.js', refused),
  shell('a file in /dev', 'touch /dev/new', refused),
  shell(
    'a hard link to a file of the system',
    'ln /usr/bin/env linked',
    /(Invalid cross-device link|Operation not permitted)$/,
  ),
  shell('a device of its own', 'mknod disk b 8 0', /Operation not permitted$/),
  shell(
    'devices of the machine',
    "ls /dev | grep -E '^(sd|vd|nvme|loop|mem|kmem|port|kmsg|fuse|kvm|vhost|net|dri)'",
    nothing,
  ),
  shell('the console', 'echo x > /dev/console', /./),
  shell('a remount', 'mount -o remount,rw /', /(must be superuser|denied|not permitted)/),
  shell('a mount', 'mount -t tmpfs none /tmp', /(must be superuser|denied|not permitted)/),
  shell('an unmount', 'umount /workspace', /(must be superuser|denied|not permitted|No such file or directory\.)/),
  shell('programs that change the user', 'su root -c id </dev/null; sudo -n id; true', /^(?!.*uid=0)/s),
  throughApi('a link, downloaded', 'ln -s /etc/passwd trap', (scene) => text(scene, 'trap'), /^INVALID_PARAMETER$/),
  throughApi(
    'a link to a process, downloaded',
    'ln -s /proc/1/environ trap',
    (scene) => text(scene, 'trap'),
    /^INVALID_PARAMETER$/,
  ),
  throughApi(
    'a link on the way, downloaded',
    'ln -s / trap',
    (scene) => text(scene, 'trap/etc/passwd'),
    /^INVALID_PARAMETER$/,
  ),
  throughApi(
    'a link on the way, written',
    'ln -s /tmp trap',
    ({ attacker }) => attacker.files.upload('trap/new', 'x'),
    /^INVALID_PARAMETER$/,
  ),
  throughApi(
    'a link on the way, listed',
    'ln -s / trap',
    async ({ attacker }) => (await attacker.files.list('trap')).files.length,
    /^INVALID_PARAMETER$/,
  ),
  throughApi(
    'a link on the way, deleted',
    'mkdir -p /tmp/kept && ln -s /tmp trap',
    ({ attacker }) => attacker.files.delete('trap/kept', { recursive: true }),
    /^INVALID_PARAMETER$/,
  ),
  throughApi('a path with dots', 'true', (scene) => text(scene, 'a/../b'), /^(FILE_NOT_FOUND|INVALID_PARAMETER)$/),
  throughApi(
    'a pipe that nobody writes to, downloaded',
    'mkfifo trap',
    (scene) => text(scene, 'trap'),
    /^INVALID_PARAMETER$/,
  ),
  throughApi(
    'a tree too deep for a path, deleted',
    "python3 -c \"\nimport os\nfor _ in range(3000):\n  os.mkdir('trap'); os.chdir('trap')\"",
    ({ attacker }) => attacker.files.delete('trap', { recursive: true }),
    /^got undefined$/,
  ),
]

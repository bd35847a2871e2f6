import { syscallNumbers } from '../../dist/engines/bubblewrap/seccomp/syscalls.js'
import { type Attempt, python, shell } from './attempt.js'

const table = syscallNumbers.get(process.arch)
if (table === undefined) throw new Error(`There is no filter for ${process.arch}.`)
const { checked, denied } = table

const refused = /(Permission denied|Operation not permitted|Read-only file system|No such file or directory)$/
const namespaces = {
  mnt: 0x20000,
  cgroup: 0x02000000,
  uts: 0x04000000,
  ipc: 0x08000000,
  user: 0x10000000,
  pid: 0x20000000,
  net: 0x40000000,
}

/** Every call that the filter names. */
const deniedAttempts = Object.entries(denied).map(([name, number]) =>
  python(`the system call ${name}`, `print(call(${number}, 0, 0, 0, 0, 0))`, /^EPERM$/),
)

const namespaceAttempts = Object.entries(namespaces).map(([name, flag]) =>
  python(
    `a namespace of its own: ${name}`,
    `print(call(${denied['unshare'] ?? 0}, ${flag}), call(${checked.clone}, ${flag | 17}, 0, 0, 0, 0))`,
    /^EPERM EPERM$/,
  ),
)

/** What the kernel could give away. */
export const kernelAttempts: readonly Attempt[] = [
  shell(
    'rights',
    'grep -E "^Cap(Inh|Prm|Eff|Amb)" /proc/self/status | tr -d "\\t" | xargs',
    /^CapInh:0{16} CapPrm:0{16} CapEff:0{16} CapAmb:0{16}$/,
  ),
  shell(
    'new rights',
    'grep -E "^(NoNewPrivs|Seccomp):" /proc/self/status | tr -d "\\t" | xargs',
    /^NoNewPrivs:1 Seccomp:2$/,
  ),
  shell('the user', 'id -u; id -g', /^1000\n1000$/),
  python(
    'root, by a system call',
    `print(outcome(lambda: os.setuid(0)), outcome(lambda: os.setgroups([0])))`,
    /^(EINVAL|EPERM) EPERM$/,
  ),
  shell('a setting of the kernel', 'echo x > /proc/sys/kernel/hostname', refused),
  shell('the program for core dumps', 'echo "|/workspace/x" > /proc/sys/kernel/core_pattern', refused),
  shell('sysrq', 'echo b > /proc/sysrq-trigger', refused),
  shell('memory of the machine', 'head -c 1 /proc/kcore | wc -c', /0$/),
  shell('addresses in the kernel', 'wc -c < /proc/kallsyms', /^0$/),
  shell("the kernel's command line", 'wc -c < /proc/cmdline', /^0$/),
  shell('keys', 'cat /proc/keys | wc -l', /^0$/),
  shell('processes of the machine', ({ serverPid }) => `ls -d /proc/${serverPid}`, /./),
  shell(
    'a signal to the server',
    ({ serverPid }) => `kill -9 ${serverPid}; kill -0 ${serverPid} && echo there`,
    /(No such process|not permitted)/,
  ),
  python('a signal to everybody', `print(outcome(lambda: os.kill(1, signal.SIGKILL)))`, /^(ok|EPERM)$/),
  python(
    'input of a terminal',
    `print(outcome(lambda: fcntl.ioctl(0, 0x5412, b'x')), outcome(lambda: fcntl.ioctl(0, 0x541c, b'x')))`,
    /^EPERM EPERM$/,
  ),
  python('clone3', `print(call(${checked.clone3}, 0, 0))`, /^ENOSYS$/),
  python('another machine word', `print(call(0x40000000 + 39))`, /^ENOSYS$/),
  python(
    'namespaces of the first process',
    `print([name for name in os.listdir('/proc/1/ns') if outcome(lambda: os.open('/proc/1/ns/' + name, os.O_RDONLY)) == 'ok' and call(${denied['setns'] ?? 0}, os.open('/proc/1/ns/' + name, os.O_RDONLY), 0) == 'ok'])`,
    /^\[\]$/,
  ),
  ...namespaceAttempts,
  ...deniedAttempts,
]

import { closeSync, readFileSync, readdirSync } from 'node:fs'
import { Socket } from 'node:net'
import { raiseOwnScore } from './processes/scores.js'
import { parseSettings } from './settings.js'
import { Supervisor } from './supervisor.js'

const O_CLOEXEC = 0o2000000

/** The guest must not get what the server inherited from its parent (a log, a socket). */
function closeInherited(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name)
    if (fd <= 2) continue
    try {
      const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '0'
      // Node opens everything of its own with this flag.
      if ((parseInt(flags, 8) & O_CLOEXEC) === 0) closeSync(fd)
    } catch {
      // The descriptor by which the directory was read.
    }
  }
}

closeInherited()
process.umask(0o022)
raiseOwnScore()
// A guest's `kill -TERM -1` is not meant for the supervisor; SIGXFSZ would end it where a write should fail, and SIGUSR1
// would open Node's debugger to the guest.
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGXFSZ', 'SIGALRM'] as const) {
  process.on(name, () => undefined)
}
// process.stdout would block on a full pipe.
const output = new Socket({ fd: 1, readable: false, writable: true })
new Supervisor(parseSettings(process.argv[2]), new Socket({ fd: 0, writable: false }), output, () => process.exit(0))

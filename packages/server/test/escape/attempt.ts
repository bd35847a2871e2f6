import type { SessionsClient, Session } from 'sandbox-sessions-sdk'

/** Where the attempts take place, and what they are after. */
export interface Scene {
  readonly client: SessionsClient
  /** The session that the attempts are made in. */
  readonly attacker: Session
  readonly victimId: string
  readonly dataDir: string
  /** The server's main module. */
  readonly entry: string
  readonly serverPid: number
  readonly serverPort: number
  /** In the server's environment. */
  readonly secret: string
  /** The name of an abstract socket that somebody on the host listens at. */
  readonly socketName: string
}

export interface Attempt {
  readonly name: string
  /** What the guest gets to see. */
  readonly make: (scene: Scene) => Promise<string>
  /** What that must be. */
  readonly expected: RegExp
  /** It ends the sandbox, so that the next attempt needs another. */
  readonly ends?: true
}

type Text = string | ((scene: Scene) => string)

/** Runs a shell script; its outputs count, without white space around them. */
export function shell(name: string, script: Text, expected: RegExp, more: Pick<Attempt, 'ends'> = {}): Attempt {
  const make = async (scene: Scene): Promise<string> => {
    const command = typeof script === 'string' ? script : script(scene)
    const { stdout, stderr } = await scene.attacker.run(`{ ${command}\n} 2>&1`, { timeout: 120 })
    return (stdout + stderr).trim()
  }
  return { name, make, expected, ...more }
}

/** What the Python code of attempts may use: `call(number, ...)` makes a system call and answers `ok` or the error's name. */
const prelude = `
import ctypes, errno, fcntl, os, resource, signal, socket, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[each if isinstance(each, bytes) else ctypes.c_long(each) for each in arguments])
    return 'ok' if result != -1 else errno.errorcode[ctypes.get_errno()]
def outcome(action):
    try:
        action()
        return 'ok'
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)
`

/** Runs Python code, which prints what it has found. */
export function python(name: string, code: Text, expected: RegExp): Attempt {
  const make = async (scene: Scene): Promise<string> => {
    const { stdout, stderr } = await scene.attacker.runCode(prelude + (typeof code === 'string' ? code : code(scene)), {
      timeout: 120,
    })
    return (stdout + stderr).trim()
  }
  return { name, make, expected }
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { environment, program } from './sandbox.js'

const run = promisify(execFile)

/** A shell in a pseudo-terminal of 100 columns, gone when the test is over. */
export class Terminal {
  readonly #socket: string

  private constructor(socket: string) {
    this.#socket = socket
  }

  static async open(env: Readonly<Record<string, string>> = {}): Promise<Terminal> {
    const terminal = new Terminal(`sandbox-cli-${process.pid}-${Math.random().toString(36).slice(2)}`)
    onTestFinished(() => terminal.#tmux('kill-server').then(() => undefined))
    await run('tmux', ['-L', terminal.#socket, '-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '30', 'sh'], {
      env: { ...environment(env), PS1: '$ ', NODE: process.execPath, PROGRAM: program, LC_ALL: 'C.UTF-8' },
    })
    return terminal
  }

  /** Types a line; `sandbox-sessions` at its beginning is the command under test. */
  async type(line: string): Promise<void> {
    await this.#tmux('send-keys', '-l', line.replace(/\bsandbox-sessions (?=\w)/, '"$NODE" "$PROGRAM" '))
    await this.press('Enter')
  }

  async press(key: string): Promise<void> {
    await this.#tmux('send-keys', key)
  }

  /** What is on the screen. */
  async screen(): Promise<string> {
    return await this.#tmux('capture-pane', '-p')
  }

  /** Waits until something is on the screen. */
  async shows(expected: RegExp): Promise<void> {
    await eventually(async () => expected.test(await this.screen()))
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    return (await run('tmux', ['-L', this.#socket, ...args])).stdout
  }
}

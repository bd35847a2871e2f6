import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface InstalledServer extends AsyncDisposable {
  readonly url: string
  readonly token: string
}

/** The local server as a project has it that installed its package, on a free port, gone at the end of the block. */
export async function installedServer(folder: string, env: NodeJS.ProcessEnv): Promise<InstalledServer> {
  const flags = ['--port', '0', '--data-dir', 'data', '--engine', 'process', '--allow-unsafe', '--log-level', 'silent']
  const child = spawn('node_modules/.bin/sandbox-sessions-server', flags, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  let output = ''
  child.stderr.on('data', (text) => (output += String(text)))
  while (!/API_TOKEN=.*\n/.test(output)) {
    const more = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)])
    if (more === undefined) throw new Error(`The server did not start:\n${output}`)
    output += String(more[0])
  }
  const [, url = '', token = ''] = /API_URL=(.*)\n.*API_TOKEN=(.*)\n/.exec(output) ?? []
  return {
    url,
    token,
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
    },
  }
}

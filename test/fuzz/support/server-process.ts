/** A local server in a process of its own: what it logs can be read, that it died can be seen, and its clock is moved by hand. */
import { createSandboxServer } from 'sandbox-sessions-server'
import { ManualClock } from 'sandbox-sessions-testkit/manual-clock'
import { fuzzLimits } from './fuzz-limits.js'

const [dataDir = '', token = '', otherToken = ''] = process.argv.slice(2)
const clock = new ManualClock()
const server = await createSandboxServer({
  port: 0,
  dataDir,
  engine: 'bubblewrap',
  token,
  tokens: { [otherToken]: 'other' },
  limits: fuzzLimits,
  logLevel: 'warn',
  clock,
})

process.on('message', (message: unknown) => {
  void answer(message)
})
// The test's process is gone; nobody is left to close this one.
process.on('disconnect', () => void server.close())
process.send?.({ url: server.url, now: clock.now() })

async function answer(message: unknown): Promise<void> {
  if (typeof message === 'number') {
    clock.advance(message)
    process.send?.({ now: clock.now() })
    return
  }
  await server.close()
  process.send?.({ closed: true })
  process.disconnect()
}

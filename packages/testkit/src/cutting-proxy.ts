import { connect } from 'node:net'
import { type Fixture, rawFixture } from './fixture.js'

/** A TCP proxy that cuts one connection after another when that many bytes of answers have passed, then lets all pass. */
export async function cuttingProxy(target: string, cuts: readonly number[]): Promise<Fixture> {
  const { hostname, port } = new URL(target)
  const left = [...cuts]
  return rawFixture((client) => {
    const server = connect(Number(port), hostname)
    const cut = left.shift()
    let passed = 0
    client.pipe(server)
    server.on('data', (chunk: Buffer) => {
      passed += chunk.length
      if (cut !== undefined && passed >= cut) {
        client.destroy()
        server.destroy()
      } else if (!client.write(chunk)) {
        server.pause()
        client.once('drain', () => server.resume())
      }
    })
    server.on('end', () => client.end())
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => undefined)
      one.on('close', () => other.destroy())
    }
  })
}

import { once } from 'node:events'
import { connect } from 'node:net'

/** Sends bytes as they are and answers everything that comes back until the server closes the connection. */
export async function exchange(url: URL, ...chunks: (string | Uint8Array)[]): Promise<string> {
  const socket = connect(Number(url.port), url.hostname)
  let answer = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk) => (answer += String(chunk)))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  for (const chunk of chunks) socket.write(chunk)
  await once(socket, 'close')
  return answer
}

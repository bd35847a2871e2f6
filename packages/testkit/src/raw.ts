import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Sends bytes as they are and answers everything that comes back until the server closes the connection. */
export async function exchange(url: URL, ...chunks: (string | Uint8Array)[]): Promise<string> {
  return await converse(url, (socket) => {
    for (const chunk of chunks) socket.write(chunk)
  })
}

/** Sends a start, then byte by byte without an end, and answers everything that comes back until the server has enough. */
export async function trickle(url: URL, start: string): Promise<string> {
  let drops: NodeJS.Timeout | undefined
  const answer = await converse(url, (socket) => {
    socket.write(start)
    drops = setInterval(() => socket.write(' '), 20)
  })
  clearInterval(drops)
  return answer
}

async function converse(url: URL, speak: (socket: Socket) => void): Promise<string> {
  const socket = connect(Number(url.port), url.hostname)
  let answer = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk) => (answer += String(chunk)))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  speak(socket)
  await once(socket, 'close')
  return answer
}

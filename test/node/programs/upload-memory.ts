/** Uploads many bytes that are in memory, and tells how much memory that took besides. Arguments: the API's address, bytes. */
import { SessionsClient } from 'sandbox-sessions-sdk'

const [, , apiUrl, size] = process.argv
const client = new SessionsClient({ apiUrl })
const upload = async (content: Uint8Array<ArrayBuffer>): Promise<void> => {
  await client.uploadFile('123e4567-e89b-12d3-a456-426614174000', { path: 'a' }, content)
}
// What is loaded once is not counted.
await upload(new Uint8Array(1_000_000))
const content = new Uint8Array(Number(size)).fill(7)
const before = process.memoryUsage.rss()
await upload(content)
const peak = process.resourceUsage().maxRSS * 1024
console.log(JSON.stringify({ growth: peak - before }))
client.close()

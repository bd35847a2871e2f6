import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startChromium } from 'sandbox-sessions-testkit/chromium'
import { type PageServer, servePage } from 'sandbox-sessions-testkit/page-server'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

let pages: PageServer
let browser: Browser
let page: Page
beforeAll(async () => {
  pages = await servePage()
  browser = await startChromium()
  page = await browser.newPage()
  await page.goto(pages.origin)
})
afterAll(async () => {
  await browser.close()
  await pages[Symbol.asyncDispose]()
})

/** Runs a program in the page, with a client of the server. As text, since the test's own compiler would change it. */
async function inPage(server: TestServer, program: string): Promise<unknown> {
  const options = JSON.stringify({ apiUrl: server.server.url, bearerToken: server.server.token, maxRetries: 0 })
  return await page.evaluate(`(async () => {
    const { SessionsClient } = await import('/sdk.js')
    const client = new SessionsClient(${options})
    ${program}
  })()`)
}

test('[C3] a page of another origin does everything with the SDK in Chromium', async () => {
  const server = await TestServer.start({ corsOrigins: [pages.origin] })
  try {
    const done = await inPage(
      server,
      `
      const session = await client.createSession({ metadata: { from: location.origin } })
      const result = await session.run('echo out; echo err >&2; exit 3')
      const events = []
      for await (const event of session.stream('echo first; echo second')) events.push(event.type)
      const written = await session.files.upload('dir/file.txt', new TextEncoder().encode('bytes ü'))
      const read = await (await session.files.download('dir/file.txt')).text()
      const listed = []
      for await (const file of session.files.list()) listed.push(file.path)
      const missing = await session.files.download('nowhere').then(() => undefined, (error) => error)
      const found = await client.getSession(session.sessionId)
      await session.delete()
      const gone = await client.getSession(session.sessionId).then(() => undefined, (error) => error)
      return {
        metadata: found.metadata, stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode,
        started: events[0], ended: events.at(-1), size: written.size, read, listed, missing: missing.errorCode, gone: gone.errorCode,
        // Read from a header, which a page sees only when it is exposed.
        exposed: missing.headers.get('x-request-id') === missing.requestId,
      }
    `,
    )
    expect(done).toMatchObject({
      metadata: { from: pages.origin },
      stdout: 'out\n',
      stderr: 'err\n',
      exitCode: 3,
      size: 8,
      read: 'bytes ü',
      missing: 'FILE_NOT_FOUND',
      gone: 'SESSION_NOT_FOUND',
      exposed: true,
      started: 'stdout',
      ended: 'exit',
      listed: ['dir'],
    })
  } finally {
    await server.close()
  }
})

test('[C3] without the option, or from an origin that it does not name, the browser refuses', async () => {
  for (const corsOrigins of [[], ['https://app.example.com']]) {
    const server = await TestServer.start({ corsOrigins })
    try {
      const name = await inPage(
        server,
        `return await client.createSession().then(() => 'allowed', (error) => error.name)`,
      )
      expect(name).toBe('SandboxConnectionError')
      expect((await server.call('GET', '/sessions')).json).toMatchObject({ total: 0 })
    } finally {
      await server.close()
    }
  }
})

/** Every program in examples/ runs, and its assertions hold. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import path from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { run } from 'sandbox-sessions-testkit/run'

const directory = fileURLToPath(new URL('../../examples', import.meta.url))

describe('examples', () => {
  const programs = readdirSync(directory).filter((name) => name.endsWith('.ts'))

  test('are all there', () => {
    expect(programs.length).toBeGreaterThanOrEqual(8)
  })

  test.each(programs)('%s', async (program) => {
    const { code, output } = await run(process.execPath, ['--import', 'tsx', path.join(directory, program)], {
      env: { ...process.env, SANDBOX_API_URL: inject('apiUrl'), SANDBOX_API_TOKEN: inject('bearerToken') },
    })
    expect(code, output).toBe(0)
  })
})

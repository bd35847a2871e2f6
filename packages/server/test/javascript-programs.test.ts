/** How JavaScript code runs, with the Node that runs the tests and with a newer one. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { javascriptPrograms } from '../dist/service/programs/javascript.js'
import { run } from 'sandbox-sessions-testkit/run'

/** Makes code too long for an argument, and leaves its lines where they are. */
const padding = `\n//${'x'.repeat(200_000)}`

describe.each(['this Node', 'node@24'])('JavaScript on %s', (name) => {
  let directory: string
  let node = process.execPath
  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'javascript-programs-'))
    writeFileSync(path.join(directory, 'helper.cjs'), 'module.exports = "cjs"')
    writeFileSync(path.join(directory, 'helper.mjs'), 'export default "mjs"')
    writeFileSync(
      path.join(directory, 'child.mjs'),
      'console.log(typeof require, process.execArgv.length); process.disconnect?.()',
    )
    if (name === 'this Node') return
    const found = await run('npx', ['-y', name, '-p', 'process.execPath'], { cwd: directory })
    node = found.output.trim().split('\n').at(-1) ?? ''
    expect(found.code, found.output).toBe(0)
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const runCode = async (code: string, stdin = '') => {
    const [program] = javascriptPrograms(code)
    if (program === undefined) throw new Error('there is a program for any code')
    const child = spawn(node, program.argv.slice(1), { cwd: directory, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin.on('error', () => undefined)
    child.stdin.end(Buffer.concat([program.stdin, Buffer.from(stdin)]))
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
    const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), closed])
    return { stdout, stderr, exitCode }
  }
  /** The same end, whatever the length of the code. */
  const runBoth = async (code: string, stdin?: string) => {
    const [short, long] = await Promise.all([runCode(code, stdin), runCode(code + padding, stdin)])
    return { short, long }
  }

  /** A line of code, what it adds to `out`, and whether it can stand in a module only. */
  const pieces: readonly (readonly [code: string, out: readonly unknown[], module: boolean])[] = [
    [`const os = require('node:os'); out.push(typeof os.cpus)`, ['function'], false],
    [`out.push(require('./helper.cjs'))`, ['cjs'], false],
    [`out.push(__dirname, __filename)`, ['.', '[eval]'], false],
    [`module.exports.one = exports.two = 1; out.push(Object.keys(module.exports).join())`, ['two,one'], false],
    [`import('node:url').then((url) => url)`, [], false],
    [`async function later() { return await 1 } out.push(typeof later)`, ['function'], false],
    [`import { join } from 'node:path'; out.push(join('a', 'b'))`, ['a/b'], true],
    [`import helper from './helper.mjs'; out.push(helper)`, ['mjs'], true],
    [`out.push(await Promise.resolve('awaited'))`, ['awaited'], true],
    [`for await (const each of [Promise.resolve('each')]) out.push(each)`, ['each'], true],
    [`out.push((await import('./helper.mjs')).default)`, ['mjs'], true],
    [`export const answer = 42`, [], true],
    [`out.push(import.meta.url.startsWith('file:'))`, [true], true],
  ]

  test('[C2] runs require, import and a top-level await together, in any order, and CommonJS as such', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...pieces], { minLength: 1 }), async (chosen) => {
        const isModule = chosen.some(([, , module]) => module)
        const code = [
          'const out = []',
          ...chosen.map(([line]) => line),
          'out.push((function () { return this === undefined })())',
          'console.log(JSON.stringify(out))',
        ].join('\n')
        const wanted = {
          stdout: `${JSON.stringify([...chosen.flatMap(([, out]) => out), isModule])}\n`,
          stderr: '',
          exitCode: 0,
        }
        expect(await runBoth(code)).toEqual({ short: wanted, long: wanted })
      }),
      { numRuns: 15 },
    )
  })

  test.each([
    [
      'a variable of its own named require',
      `import { createRequire } from 'node:module'
      const require = createRequire(import.meta.url); console.log(require('./helper.cjs'), await 1)`,
      'cjs 1\n',
    ],
    [
      'variables that are named like those of CommonJS',
      `const module = 1, exports = 2, __dirname = 3
      console.log(module, exports, __dirname, await 4)`,
      '1 2 3 4\n',
    ],
    [
      'variables that are named like those of CommonJS, in CommonJS',
      `const module = 1; let exports = 2
      console.log(module, exports, typeof require)`,
      '1 2 function\n',
    ],
    [
      'a main module that asks whether it is one',
      `if (require.main === module) console.log('main')
      console.log(await 'end')`,
      'end\n',
    ],
    ['standard input', `const text = require('node:fs').readFileSync(0, 'utf8'); console.log(await text)`, 'in\n'],
    [
      'a program that it forks, which is one of its own',
      `const { fork } = require('node:child_process')
      const child = fork('./child.mjs', { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      await new Promise((resolve) => child.on('exit', resolve))`,
      'undefined 0\n',
    ],
    [
      'a worker, which is a module of its own',
      `const { Worker } = require('node:worker_threads')
      await new Promise((resolve) => new Worker('./child.mjs').on('exit', resolve))`,
      /^undefined \d+\n$/,
    ],
  ])('[C2] runs code with %s', async (_, code, stdout) => {
    const { short, long } = await runBoth(code, 'in')
    for (const end of [short, long]) {
      expect(end).toMatchObject({ stderr: '', exitCode: 0 })
      expect(end.stdout).toEqual(typeof stdout === 'string' ? stdout : expect.stringMatching(stdout))
    }
  })

  const mixed = `const os = require('node:os')\nawait 1\n`
  test.each<[string, string, number, (string | RegExp)[]]>([
    [
      'an error in CommonJS',
      `const os = require('node:os')\n\nthrow new Error('boom')`,
      1,
      [/\[eval\]:3\b/, 'Error: boom'],
    ],
    ['an error in a module', `${mixed}throw new Error('boom')`, 1, [/\[eval1\]:3\b/, 'Error: boom']],
    ['an error behind an import', `import 'node:os'\n${mixed}null.x`, 1, [/\[eval1\]:4\b/, 'TypeError']],
    ['a rejection', `${mixed}await Promise.reject(new Error('boom'))`, 1, ['Error: boom']],
    ['a rejection that nobody awaits', `${mixed}Promise.reject(new Error('boom'))`, 1, ['Error: boom']],
    ['a rejection in CommonJS', `require('node:os')\nPromise.reject(new Error('boom'))`, 1, ['Error: boom']],
    ['an await that never ends', `${mixed}await new Promise(() => {})`, 13, []],
    ['an exit code of its own', `${mixed}process.exitCode = 3`, 3, []],
    ['an exit', `${mixed}process.exit(4)`, 4, []],
    ['an exit while it awaits', `${mixed}setTimeout(() => process.exit(), 1); await new Promise(() => {})`, 0, []],
    // Node 24 and newer tell the line of the await: they can't tell a mistake from TypeScript.
    ['a mistake in its syntax', `${mixed}let 5`, 1, ['SyntaxError', /\[eval1?\]:[23]\b/]],
    ['a mistake in the syntax of CommonJS', `require('node:os')\n\nlet 5`, 1, ['SyntaxError', /\[eval1?\]:3\b/]],
    ['a module that is not there', `${mixed}require('./none.cjs')`, 1, ["Cannot find module './none.cjs'"]],
    ['a missing import', `import './none.mjs'\n${mixed}`, 1, ['none.mjs']],
  ])('[C2] ends with %s as Node does', async (_, code, exitCode, words) => {
    const { short, long } = await runBoth(code)
    for (const end of [short, long]) {
      expect(end.exitCode, end.stderr).toBe(exitCode)
      for (const word of words) expect(end.stderr).toMatch(word)
      if (exitCode === 0) expect(end.stderr).toBe('')
    }
  })
})

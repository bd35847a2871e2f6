/** The completion scripts, in the shells that they are for. */
import { spawnSync } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { environment, newSession, program, sandbox, temporaryDirectory } from './support/sandbox.js'

/** Runs a shell that has the program in its path and the script in a file, and gives what it prints. */
async function inShell(
  shell: 'bash' | 'zsh' | 'fish',
  script: string,
  options: readonly string[] = [],
): Promise<string> {
  const directory = await temporaryDirectory()
  await writeFile(path.join(directory, 'sandbox-sessions'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  await chmod(path.join(directory, 'sandbox-sessions'), 0o755)
  await writeFile(path.join(directory, 'completion'), (await sandbox(['completion', shell])).stdout)
  const { status, stdout, stderr } = spawnSync(shell, [...options, '-c', script], {
    cwd: directory,
    env: environment({ PATH: `${directory}:${process.env['PATH'] ?? ''}`, HOME: directory }),
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

/** What bash offers for the last of the words. */
async function bashOffers(...words: readonly string[]): Promise<string[]> {
  return await bashOffersFor('sandbox-sessions', ...words)
}

async function bashOffersFor(command: string, ...words: readonly string[]): Promise<string[]> {
  const quoted = [command, ...words].map((word) => `'${word}'`).join(' ')
  const script = `source ./completion; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _sandbox_sessions; printf '%s\\n' "\${COMPREPLY[@]}"`
  return (await inShell('bash', script)).split('\n').filter((line) => line !== '')
}

describe('bash', () => {
  test('reads the script', async () => {
    await inShell('bash', 'bash -n ./completion && source ./completion && complete -p sandbox-sessions')
  })

  test('offers commands', async () => {
    expect(await bashOffers('ex')).toEqual(['exec', 'extend'])
    expect(await bashOffers('')).toEqual(expect.arrayContaining(['create', 'ls', 'put', 'health', 'completion']))
    expect(await bashOffers('')).not.toContain('__complete')
    expect(await bashOffers('completion', '')).toEqual(['bash', 'zsh', 'fish'])
  })

  test('offers options and their values', async () => {
    expect(await bashOffers('exec', '--t')).toEqual(['--timeout', '--token'])
    expect(await bashOffers('run', 'id', '--language', '')).toEqual(['python', 'javascript', 'bash'])
    expect(await bashOffers('run', 'id', '--language', '=', 'p')).toEqual(['python'])
    expect(await bashOffers('files', 'rm', '--r')).toEqual(['--recursive'])
    expect(await bashOffers('exec', 'id', '--', '--t')).toEqual([])
  })

  test('[C4] offers none of them for what belongs to the command of exec', async () => {
    expect(await bashOffers('exec', '--cwd', '.', '--t')).toEqual(['--timeout', '--token'])
    expect(await bashOffers('exec', 'id', '--t')).toEqual([])
    expect(await bashOffers('exec', 'id', 'ls', '--t')).toEqual([])
    expect(await bashOffers('run', 'id', '--t')).toEqual(['--timeout', '--token'])
  })

  test('[C4] knows an alias that the user has made', async () => {
    const words = 'COMP_WORDS=(sandbox ex); COMP_CWORD=1; _sandbox_sessions; printf \'%s\\n\' "\${COMPREPLY[@]}"'
    const script = `alias sandbox=sandbox-sessions; source ./completion; complete -F _sandbox_sessions sandbox; ${words}`
    expect(await inShell('bash', script)).toBe('exec\nextend\n')
  })

  test('offers sessions and local files where they belong', async () => {
    const { sessionId } = await newSession()
    expect(await bashOffers('rm', sessionId.slice(0, 13))).toEqual([sessionId])
    expect(await bashOffers('exec', '--timeout', '5', sessionId.slice(0, 13))).toEqual([sessionId])
    expect(await bashOffers('files', sessionId.slice(0, 13))).toEqual([`${sessionId}:`])
    expect(await bashOffers('put', 'compl')).toEqual(['completion'])
    expect(await bashOffers('put', 'completion', sessionId.slice(0, 13))).toEqual([`${sessionId}:`])
    expect(await bashOffers('ls', '')).toEqual([])
  })
})

describe('zsh', () => {
  test('reads the script and asks for candidates', async () => {
    // The functions of the completion system stand for themselves here: they only work in an interactive shell.
    const script = `
      compdef() { }
      _files() { print files }
      _describe() { print -l "\${(@P)2}" }
      source ./completion
      words=(sandbox-sessions ex); CURRENT=2; _sandbox-sessions
      words=(sandbox-sessions put ''); CURRENT=3; _sandbox-sessions`
    const printed = (await inShell('zsh', `zsh -n ./completion && ${script}`, ['-f'])).trim().split('\n')
    expect(printed[0]).toMatch(/^exec:run a command/)
    expect(printed[1]).toMatch(/^extend:/)
    expect(printed[2]).toBe('files')
  })
})

describe('fish', () => {
  test('reads the script and completes', async () => {
    const { sessionId } = await newSession()
    const lines = [
      'sandbox-sessions ex',
      'sandbox-sessions run x -l ',
      'sandbox-sessions put compl',
      `sandbox-sessions rm ${sessionId.slice(0, 13)}`,
    ]
    const script = [
      'fish -n ./completion',
      'source ./completion',
      ...lines.map((line) => `complete -C '${line}'`),
    ].join('; and ')
    const values = (await inShell('fish', script, ['--no-config']))
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0])
    expect(values).toEqual(['exec', 'extend', 'bash', 'javascript', 'python', 'completion', sessionId])
  })
})

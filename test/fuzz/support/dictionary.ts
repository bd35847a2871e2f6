import * as fc from 'fast-check'
import type { Dictionary } from './generators.js'

/** Where uploads and commands put files, so that later requests find them. */
const files = [
  'a.txt',
  'dir/b.txt',
  'deep/er/est/c.bin',
  'Ünï/文件 1.txt',
  '\u{1f600}.bin',
  'inner',
  '-rf',
  'with space.txt',
] as const

const places = [
  ...files,
  ...[
    'dir',
    'dir/',
    './a.txt',
    'dir/../a.txt',
    'dir//b.txt',
    '.',
    './',
    'missing',
    'a.txt/below',
    'dir/missing/deeper',
  ],
  // Made by commands: links out of the root, within it, to themselves, to nothing; a pipe; what is closed to its owner.
  ...['link', 'link/etc/passwd', 'loop', 'loop/x', 'dangling', 'inner', 'pipe', 'closed', 'closed/x', 'bytes\ufffd'],
  ...[
    '..',
    '../x',
    'dir/../../x',
    '/etc/passwd',
    '/',
    '//',
    'a\0b',
    '\0',
    '\n',
    ' ',
    '%2e%2e/x',
    'con:',
    '~',
    '*',
    '\\',
  ],
  ...['\u202etxt.exe', 'e\u0301', '.sandbox-upload-0123456789abcdef', '.hidden', '__proto__', 'n'.repeat(255)],
  ...['n'.repeat(256), `${'d/'.repeat(2500)}x`, 'x'.repeat(5000), '文'.repeat(100)],
] as const

export const paths = fc.oneof(
  { arbitrary: fc.constantFrom<string[]>('a.txt', 'a.txt', 'dir/b.txt', 'inner', 'dir', '.'), weight: 6 },
  { arbitrary: fc.constantFrom<string[]>(...files), weight: 2 },
  { arbitrary: fc.constantFrom<string[]>(...places), weight: 4 },
  { arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), weight: 1 },
)

/** What is in a session when it is new. */
export const furniture = [
  'mkdir -p dir deep/er closed && chmod 000 closed && mkfifo pipe',
  'echo some text > a.txt && seq 1 2000 > dir/b.txt && printf x > "with space.txt" && : > .hidden',
  'ln -s / link && ln -s a.txt inner && ln -s loop loop && ln -s nowhere dangling',
  'touch "bytes$(printf "\\377")"',
].join('; ')

/** These end by themselves at once, whatever their timeout. */
export const quickCommands: readonly string[] = [
  ...[
    'true',
    'false',
    'exit 3',
    'echo hello',
    'echo wrong >&2; exit 1',
    'pwd',
    'env',
    'cat',
    'id',
    'ls -la',
    'kill -9 $$',
  ],
  ...['printf x > a.txt', 'mkdir -p dir deep/er/est', 'printf "%s\\n" 1 2 3 > dir/b.txt', 'rm -rf dir', 'rm -rf ./*'],
  ...['ln -sfn / link', 'ln -sfn a.txt inner', 'ln -sfn loop loop', 'ln -sfn nowhere dangling', 'mkfifo pipe'],
  ...[
    'mkdir -p closed && chmod 000 closed',
    'chmod 755 closed',
    'chmod 000 a.txt',
    'chmod 644 a.txt',
    'touch "bytes$(printf "\\377")"',
  ],
  ...['printf "\\377\\376\\303"', 'printf "\\000"', 'printf "\\355\\240\\200"', 'echo 文件 \u{1f600}', 'cat missing'],
  // More than the server keeps; on both streams.
  ...['head -c 200000 /dev/zero | tr "\\000" a', 'head -c 100000 /dev/zero | tr "\\000" b >&2', 'seq 1 20000'],
  ...[
    'exec 1>&-',
    'exit 255',
    'kill -TERM $$',
    'echo $((1/0))',
    'unset PATH; ls',
    'head -c 50000 /dev/zero > large.bin',
  ],
]

const slowCommands = [
  'sleep 5',
  'echo before; sleep 5; echo after',
  'trap "" TERM; sleep 5',
  'while :; do :; done',
  'yes',
]

function commands(marker: string): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.constantFrom(...quickCommands), weight: 24 },
    { arbitrary: fc.constantFrom(...slowCommands), weight: 1 },
    // Goes on when the command has ended; the session's end must end it.
    { arbitrary: fc.constant(`(sleep 600; : ${marker}) >/dev/null 2>&1 </dev/null &`), weight: 1 },
    { arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), weight: 2 },
  )
}

const programs = fc.oneof(
  { arbitrary: fc.constantFrom<string[]>('print(6 * 7)', 'console.log(6 * 7)', 'echo $((6 * 7))'), weight: 4 },
  {
    arbitrary: fc.constantFrom<string[]>(
      ...['import sys; sys.exit(3)', 'process.exit(3)', 'exit 3', 'raise ValueError("no")', 'throw new Error("no")'],
      ...[
        'open("made.py.txt", "w").write("x")',
        'require("fs").writeFileSync("made.js.txt", "x")',
        'print("\ud83d")',
        '\0',
        '1\0',
      ],
      ...[
        'await Promise.resolve(1)',
        'import fs from "node:fs"; console.log(typeof fs)',
        `x = "${'x'.repeat(30_000)}"`,
      ],
    ),
    weight: 3,
  },
  { arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), weight: 1 },
)

const names = fc.oneof(
  fc.constantFrom<string[]>(
    'A',
    'PATH',
    'HOME',
    'LD_PRELOAD',
    'lower',
    'Ü',
    'A B',
    'A=B',
    '',
    'a\0',
    '__proto__',
    '1',
    '\ud800',
  ),
  fc.string({ minLength: 1, maxLength: 10 }),
)
const values = fc.oneof(fc.constantFrom<string[]>('', 'x', 'a\0b', '\n', '\ud800', '文件'), fc.string())

const oddEnvironments = fc
  .array(fc.tuple(names, values), { maxLength: 3 })
  .map((entries): Readonly<Record<string, string>> => Object.fromEntries(entries))

/** For bodies, by the name of the property. */
export function requestDictionary(marker: string): Dictionary {
  return {
    command: commands(marker),
    code: programs,
    cwd: fc.oneof({ arbitrary: fc.constantFrom('.', 'dir', 'deep/er'), weight: 6 }, { arbitrary: paths, weight: 1 }),
    // What can be had depends on the engine: most sessions ask for nothing, which JSON leaves out.
    resources: fc.constantFrom<unknown[]>(undefined, undefined, undefined, {}, { processes: 256 }),
    network: fc.constantFrom<unknown[]>(undefined, undefined, undefined, undefined, { allow: ['example.com'] }),
    image: fc.constantFrom<string[]>(
      ...['python:3.11', 'node', 'ubuntu:24.04', 'debian:12', 'host', 'host/python', 'python', 'node:20'],
      ...['python:3.11', 'node', 'ubuntu:24.04', 'debian:12', 'host', 'host/python', 'python', 'node:20'],
      ...['windows:11', 'python:', 'python:a:b', 'host/', 'Python', '../x', 'python:\0', ' '],
    ),
    env: fc.oneof(
      { arbitrary: fc.constantFrom({}, { A: 'x' }, { A: '', lower: '文件', PATH: '/usr/bin:/bin' }), weight: 4 },
      { arbitrary: oddEnvironments, weight: 1 },
    ),
    stdinEncoding: fc.constantFrom('utf-8', 'utf-8', 'base64'),
    stdin: fc.constantFrom(
      '',
      'AP+A/w==',
      'YWJj',
      'one line\n',
      'no end of line',
      '\0',
      '\ud800',
      '文件 \u{1f600}',
      'x'.repeat(30_000),
    ),
  }
}

/** For the text of headers, by their names. */
export const ranges = fc.oneof(
  fc.constantFrom<string[]>(
    ...['bytes=0-', 'bytes=0-0', 'bytes=1-3', 'bytes=-1', 'bytes=-0', 'bytes=5-2', 'bytes=100-', 'bytes=99999999-'],
    ...['bytes=0-99999999999999999999', 'bytes=-99999999999999999999', 'bytes=9007199254740993-'],
  ),
)

/** Few, so that one is used again. */
export const idempotencyKeys = fc.constantFrom('key-1', 'key-2', 'key-3', 'a'.repeat(255), '!')

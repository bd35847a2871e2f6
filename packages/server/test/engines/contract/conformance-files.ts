import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../../dist/engines/contract/engine.js'
import {
  DirectoryNotEmptyError,
  FileAccessError,
  FileExistsError,
  FileNotFoundError,
  IsADirectoryError,
  NotADirectoryError,
  PathEscapesError,
  RangeNotSatisfiableError,
} from '../../../dist/engines/contract/errors.js'
import { md5, type Subject } from './subject.js'
import { bytes, from, run, text } from '../support.js'

const ESCAPES = ['../x', '/etc/passwd', '..', 'a/../../x', 'x\0y', '/', 'out/hostname', 'gone/x']

export function fileConformance(subject: Subject): void {
  describe('files', () => {
    let sandbox: Sandbox
    beforeAll(async () => {
      sandbox = await subject.sandbox()
      await run(sandbox, 'ln -s /etc out; ln -s /no/such/place gone; ln -s ../.. up; ln -s loop loop')
    })
    afterAll(() => sandbox.destroy())

    const write = (path: string, content: string | Uint8Array, overwrite = false) =>
      sandbox.files.write(path, from(content), { overwrite })
    const paths = async (path: string, recursive = false): Promise<string[]> => {
      const { entries } = await sandbox.files.list(path, { recursive, limit: 1000, offset: 0 })
      return entries.map((entry) => entry.path)
    }

    test.each([
      ['an empty file', 'empty', Buffer.alloc(0)],
      ['every byte', 'every-byte', Buffer.from(Array.from({ length: 256 }, (_, index) => index))],
      ['5 MB', 'large', randomBytes(5 * 1024 * 1024)],
      ['a name with spaces and other letters', 'a dir/größe – 大 😀.txt', Buffer.from('x')],
      ['a name with a line break', 'line\nbreak\t"\\', Buffer.from('x')],
    ])('gives back %s as it was written', async (_what, path, content) => {
      const written = await write(path, content)
      expect(written).toMatchObject({
        path,
        name: path.split('/').at(-1),
        type: 'file',
        size: content.length,
        permissions: 'rw-r--r--',
        checksum: md5(content),
      })
      expect(Math.abs(written.modifiedAt.getTime() - Date.now())).toBeLessThan(60_000)
      expect(written.createdAt).toBeInstanceOf(Date)
      const { entry, content: stream } = await sandbox.files.read(path)
      expect(entry).toMatchObject({ path, size: content.length })
      expect((await bytes(stream)).equals(content)).toBe(true)
      expect(await run(sandbox, 'md5sum < "$1"', { argv: ['bash', '-c', 'md5sum < "$1"', '_', path] })).toMatchObject({
        stdout: `${md5(content)}  -\n`,
      })
    })

    test('replaces a file only when it may, and keeps its permissions', async () => {
      await write('once', 'first')
      await run(sandbox, 'chmod 750 once')
      await expect(write('once', 'second')).rejects.toThrow(FileExistsError)
      expect(await text((await sandbox.files.read('once')).content)).toBe('first')
      expect(await write('once', 'second', true)).toMatchObject({ size: 6, permissions: 'rwxr-x---' })
      expect(await text((await sandbox.files.read('once')).content)).toBe('second')
    })

    test('[A4] gives a file the permissions that are asked for, and never more than those', async () => {
      const writeAs = (path: string, mode?: number) =>
        sandbox.files.write(path, from('#!/bin/sh\necho ran\n'), { overwrite: true, mode })
      expect(await writeAs('program', 0o755)).toMatchObject({ permissions: 'rwxr-xr-x' })
      expect(await run(sandbox, './program')).toMatchObject({ stdout: 'ran\n', exitCode: 0 })
      expect(await writeAs('program')).toMatchObject({ permissions: 'rwxr-xr-x' })
      expect(await writeAs('program', 0o600)).toMatchObject({ permissions: 'rw-------' })
      expect(await writeAs('moded/read-only', 0o444)).toMatchObject({ permissions: 'r--r--r--' })
      expect(await writeAs('moded/read-only', 0o4777)).toMatchObject({ permissions: 'rwxrwxrwx' })
      const { stdout } = await run(
        sandbox,
        'stat -c "%a %n" program moded/read-only; ls -A . moded | grep -c sandbox-upload',
      )
      expect(stdout).toBe('600 program\n777 moded/read-only\n0\n')
    })

    test('refuses before it consumes anything', async () => {
      await write('taken', 'x')
      let consumed = false
      const content = (async function* () {
        consumed = true
        yield Buffer.from('y')
      })()
      await expect(sandbox.files.write('taken', content, { overwrite: false })).rejects.toThrow(FileExistsError)
      expect(consumed).toBe(false)
    })

    test('leaves the old file, or none, when the content breaks off', async () => {
      await write('kept', 'old')
      const breaking = async function* (): AsyncGenerator<Uint8Array> {
        yield randomBytes(300_000)
        throw new Error('the client went away')
      }
      await expect(sandbox.files.write('kept', breaking(), { overwrite: true })).rejects.toThrow('the client went away')
      await expect(sandbox.files.write('new/er', breaking(), { overwrite: true })).rejects.toThrow('went away')
      expect(await text((await sandbox.files.read('kept')).content)).toBe('old')
      await expect(sandbox.files.read('new/er')).rejects.toThrow(FileNotFoundError)
      expect((await run(sandbox, 'ls -A')).stdout).not.toMatch(/sandbox-upload|^new$/m)
    })

    test('hides a file until it is whole', async () => {
      let proceed = (): void => undefined
      const half = new Promise<void>((resolve) => (proceed = resolve))
      let started = (): void => undefined
      const first = new Promise<void>((resolve) => (started = resolve))
      const slow = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('one ')
        started()
        await half
        yield Buffer.from('two')
      }
      const writing = sandbox.files.write('slow/file', slow(), { overwrite: false })
      await first
      expect(await paths('slow')).toEqual([])
      proceed()
      expect(await writing).toMatchObject({ size: 7 })
      expect(await paths('slow')).toEqual(['slow/file'])
    })

    test.each(ESCAPES)('refuses the path %j', async (path) => {
      await expect(sandbox.files.read(path)).rejects.toThrow(PathEscapesError)
      await expect(write(path, 'x', true)).rejects.toThrow(PathEscapesError)
      await expect(sandbox.files.list(path, { recursive: false, limit: 10, offset: 0 })).rejects.toThrow(
        PathEscapesError,
      )
      await expect(sandbox.files.remove(path, { recursive: true })).rejects.toThrow(PathEscapesError)
    })

    test('refuses a link that leads out, also one to nowhere, and removes only the link', async () => {
      for (const path of ['out', 'gone', 'up']) {
        await expect(sandbox.files.read(path), path).rejects.toThrow(PathEscapesError)
        await expect(write(path, 'x', true), path).rejects.toThrow(PathEscapesError)
        await expect(sandbox.files.list(path, { recursive: false, limit: 9, offset: 0 })).rejects.toThrow(
          PathEscapesError,
        )
      }
      await expect(sandbox.files.read('loop')).rejects.toThrow(FileNotFoundError)
      await run(sandbox, 'mkdir precious && touch precious/file && ln -s precious link')
      await sandbox.files.remove('link', { recursive: true })
      expect(await paths('precious')).toEqual(['precious/file'])
    })

    test('follows links that stay inside', async () => {
      await run(
        sandbox,
        'mkdir -p real/sub && echo -n inside > real/sub/f && ln -s real/sub short && ln -s "$PWD/real" abs',
      )
      expect(await text((await sandbox.files.read('short/f')).content)).toBe('inside')
      expect(await text((await sandbox.files.read('abs/sub/f')).content)).toBe('inside')
      expect(await write('short/g', 'new')).toMatchObject({ path: 'real/sub/g' })
      expect(await paths('short')).toEqual(['real/sub/f', 'real/sub/g'])
      expect(await paths('real/sub/../sub/./')).toEqual(['real/sub/f', 'real/sub/g'])
    })

    test('tells directories, files and nothing apart', async () => {
      await write('dir/file', 'x')
      await expect(sandbox.files.read('dir')).rejects.toThrow(IsADirectoryError)
      await expect(sandbox.files.read('.')).rejects.toThrow(IsADirectoryError)
      await expect(write('dir', 'x', true)).rejects.toThrow(IsADirectoryError)
      await expect(write('', 'x', true)).rejects.toThrow(IsADirectoryError)
      await expect(write('dir/file/x', 'x')).rejects.toThrow(NotADirectoryError)
      await expect(sandbox.files.read('dir/none')).rejects.toThrow(FileNotFoundError)
      await expect(sandbox.files.read('none/none')).rejects.toThrow(FileNotFoundError)
      await expect(paths('none')).rejects.toThrow(FileNotFoundError)
      await expect(paths('dir/file')).rejects.toThrow(NotADirectoryError)
      await expect(sandbox.files.read('x'.repeat(300))).rejects.toThrow(FileAccessError)
    })

    test('does not hang on a pipe', async () => {
      await run(sandbox, 'mkdir odd && mkfifo odd/pipe')
      await expect(sandbox.files.read('odd/pipe')).rejects.toThrow(FileAccessError)
      expect(await paths('odd')).toEqual([])
      await sandbox.files.remove('odd', { recursive: true })
    })

    test('removes files, empty directories and trees', async () => {
      await write('tree/a/b', 'x')
      await expect(sandbox.files.remove('tree', { recursive: false })).rejects.toThrow(DirectoryNotEmptyError)
      await sandbox.files.remove('tree/a/b', { recursive: false })
      await sandbox.files.remove('tree/a', { recursive: false })
      await write('tree/c/d', 'x')
      await sandbox.files.remove('tree', { recursive: true })
      await expect(sandbox.files.remove('tree', { recursive: true })).rejects.toThrow(FileNotFoundError)
      for (const root of ['.', '', 'tree/..']) {
        await expect(sandbox.files.remove(root, { recursive: true })).rejects.toThrow(PathEscapesError)
      }
    })

    test('lists pages of everything below, sorted', async () => {
      await run(sandbox, 'mkdir -p many/sub && cd many && touch b a.txt sub/z sub/y && ln -s /etc far && touch sub.x')
      const all = ['many/a.txt', 'many/b', 'many/far', 'many/sub', 'many/sub.x', 'many/sub/y', 'many/sub/z']
      expect(await paths('many', true)).toEqual(all)
      expect(await paths('many')).toEqual(all.filter((path) => path.split('/').length === 2))
      const page = await sandbox.files.list('many', { recursive: true, limit: 2, offset: 3 })
      expect(page.total).toBe(7)
      expect(page.entries.map(({ path, type, name }) => [path, type, name])).toEqual([
        ['many/sub', 'directory', 'sub'],
        ['many/sub.x', 'file', 'sub.x'],
      ])
      expect((await sandbox.files.list('many', { recursive: true, limit: 5, offset: 100 })).entries).toEqual([])
      expect((await sandbox.files.list('many/far/..', { recursive: false, limit: 9, offset: 0 })).total).toBe(5)
      expect((await sandbox.files.list('', { recursive: false, limit: 1, offset: 0 })).entries).toHaveLength(1)
    })

    test('[B10] goes on with a list where its last page ended, and begins a new one with the first', async () => {
      await run(sandbox, 'mkdir paged; cd paged; touch b c d e f')
      const page = async (offset: number): Promise<[number, string[]]> => {
        const { entries, total } = await sandbox.files.list('paged', { recursive: true, limit: 2, offset })
        return [total, entries.map(({ name }) => name)]
      }
      expect(await page(0)).toEqual([5, ['b', 'c']])
      await run(sandbox, 'cd paged; touch a; rm d')
      expect(await page(2)).toEqual([4, ['e', 'f']])
      expect(await page(0)).toEqual([5, ['a', 'b']])
      expect(await page(2)).toEqual([5, ['c', 'e']])
      await sandbox.files.remove('paged', { recursive: true })
    })

    test('lists a thousand long paths', async () => {
      await run(
        sandbox,
        'd=crowd/$(printf "%0200d" 0)/$(printf "%0200d" 1); mkdir -p $d; cd $d; touch $(seq -w 1 1500)',
      )
      const page = await sandbox.files.list('crowd', { recursive: true, limit: 1000, offset: 2 })
      expect(page.total).toBe(1502)
      expect(page.entries).toHaveLength(1000)
      await sandbox.files.remove('crowd', { recursive: true })
    })

    test('reads only as much as the entry said', async () => {
      await write('growing', 'x'.repeat(1_000_000))
      const { entry, content } = await sandbox.files.read('growing')
      await run(sandbox, 'echo more >> growing')
      expect((await bytes(content)).length).toBe(entry.size)
    })

    test.each([
      [{ first: 0, last: 0 }, 0, 1],
      [{ first: 65_530, last: 65_545 }, 65_530, 16],
      [{ first: 299_999 }, 299_999, 1],
      [{ first: 10, last: 9_999_999_999 }, 10, 299_990],
      [{ suffix: 5 }, 299_995, 5],
      [{ suffix: 9_999_999_999 }, 0, 300_000],
    ])('reads the range %j', async (range, start, length) => {
      const content = randomBytes(300_000)
      const { version } = await write('ranged', content, true)
      const part = await sandbox.files.read('ranged', { range })
      expect([part.start, part.length]).toEqual([start, length])
      expect((await bytes(part.content)).equals(content.subarray(start, start + length))).toBe(true)
      const same = await sandbox.files.read('ranged', { range, version })
      expect((await bytes(same.content)).length).toBe(length)
      const other = await sandbox.files.read('ranged', { range, version: 'other' })
      expect([other.start, (await bytes(other.content)).equals(content)]).toEqual([0, true])
    })

    test('refuses a range without a byte', async () => {
      await write('four', 'four')
      await write('no-bytes', '')
      for (const range of [{ first: 4 }, { first: 10, last: 20 }, { suffix: 0 }]) {
        const refused = sandbox.files.read('four', { range })
        await expect(refused).rejects.toThrow(expect.objectContaining({ name: 'RangeNotSatisfiableError', size: 4 }))
        await expect(sandbox.files.read('no-bytes', { range })).rejects.toThrow(RangeNotSatisfiableError)
      }
    })

    test('gives every content a version of its own', async () => {
      const versions = new Set<string>()
      const note = async () => versions.add((await sandbox.files.read('versioned')).entry.version)
      await write('versioned', 'one')
      await note()
      await note()
      expect(versions.size).toBe(1)
      await write('versioned', 'two', true)
      await note()
      // As long as before, in place, and with its time of modification put back.
      await run(sandbox, 'touch -r versioned stamp; sleep 0.05; printf six > versioned; touch -r stamp versioned')
      await note()
      expect(versions.size).toBe(3)
    })

    test('describes files, directories and links themselves', async () => {
      await run(sandbox, 'mkdir -p thing/sub; echo -n text > thing/file; chmod 640 thing/file; ln -s file thing/link')
      await run(sandbox, 'ln -s thing way; ln -s /etc/passwd thing/outward; mkfifo thing/pipe')
      const stat = (path: string, checksum = false) => sandbox.files.stat(path, { checksum })
      expect(await stat('thing/file')).toMatchObject({
        name: 'file',
        path: 'thing/file',
        type: 'file',
        size: 4,
        permissions: 'rw-r-----',
        checksum: undefined,
      })
      expect(await stat('way/file', true)).toMatchObject({ path: 'thing/file', checksum: md5(Buffer.from('text')) })
      expect(await stat('thing/link', true)).toMatchObject({ path: 'thing/link', type: 'symlink', checksum: undefined })
      expect(await stat('thing/outward')).toMatchObject({ type: 'symlink' })
      expect(await stat('thing/sub/', true)).toMatchObject({ type: 'directory', checksum: undefined })
      expect(await stat('.')).toMatchObject({ name: '.', path: '.', type: 'directory' })
      const { version } = await stat('thing/file')
      expect((await sandbox.files.read('thing/file')).entry.version).toBe(version)
      for (const path of ['thing/none', 'none/none', 'thing/pipe']) {
        await expect(stat(path, true), path).rejects.toThrow(FileNotFoundError)
      }
      await expect(stat('thing/file/x')).rejects.toThrow(NotADirectoryError)
      for (const path of ['../x', '/etc/passwd', 'out/hostname', 'x\0y']) {
        await expect(stat(path, true), path).rejects.toThrow(PathEscapesError)
      }
    })

    test('makes the checksum of a file of many blocks', async () => {
      const content = randomBytes(3_000_001)
      await write('many-blocks', content)
      expect((await sandbox.files.stat('many-blocks', { checksum: true })).checksum).toBe(md5(content))
    })

    test('counts what the files take, and no upload before it is complete', async () => {
      const before = await sandbox.diskUsage()
      await write('counted/file', randomBytes(2_000_000))
      // A link counts nothing, and what is behind it neither; an unreadable directory is no hindrance.
      await run(sandbox, 'ln counted/file counted/hard; ln -s /usr counted/usr; truncate -s 1G counted/sparse')
      const after = await sandbox.diskUsage()
      expect(after - before).toBeGreaterThanOrEqual(2_000_000)
      expect(after - before).toBeLessThan(2_200_000)
      const content = async function* (): AsyncGenerator<Uint8Array> {
        yield randomBytes(2_000_000)
        expect((await sandbox.diskUsage()) - after).toBeLessThan(100_000)
      }
      await sandbox.files.write('counted/other', content(), { overwrite: false })
      expect((await sandbox.diskUsage()) - after).toBeGreaterThanOrEqual(2_000_000)
    })

    test('never ends early when the file gets shorter', async () => {
      await write('shrinking', randomBytes(3_000_000))
      const { content } = await sandbox.files.read('shrinking')
      await run(sandbox, 'truncate -s 2000000 shrinking')
      await expect(bytes(content)).rejects.toThrow(FileAccessError)
    })

    test('can be left in the middle of reading', async () => {
      await write('left', randomBytes(3_000_000))
      const { content } = await sandbox.files.read('left')
      for await (const chunk of content) if (chunk.length > 0) break
      expect((await run(sandbox, 'echo on')).stdout).toBe('on\n')
    })
  })
}

import { describe, expect, test } from 'vitest'
import {
  ImageNotAvailableError,
  LimitNotAvailableError,
  NetworkNotAvailableError,
  NotSupportedError,
} from '../../../dist/engines/contract/errors.js'
import type { LimitName, NetworkPolicy } from '../../../dist/engines/contract/options.js'
import { freshId, type Subject } from './subject.js'
import { request, run } from '../support.js'

/** Small enough for any machine, and large enough for a sandbox to work in. */
const limits: Readonly<Record<LimitName, number>> = {
  cpus: 0.5,
  memoryBytes: 512 * 1024 ** 2,
  diskBytes: 64 * 1024 ** 2,
  processes: 48,
}
const limitNames: readonly LimitName[] = ['cpus', 'memoryBytes', 'diskBytes', 'processes']

const networks: readonly (readonly ['none' | 'allow' | 'unrestricted', NetworkPolicy])[] = [
  ['none', 'none'],
  ['allow', { allow: ['example.com', '*.example.org:443'] }],
  ['unrestricted', 'unrestricted'],
]

export function optionConformance(subject: Subject): void {
  describe('options', () => {
    test('an image is resolved, told, and taken again as it was told', async () => {
      const engine = subject.engine()
      for (const image of [undefined, ...subject.images.taken]) {
        const sandbox = await engine.create(freshId(), { image })
        expect(sandbox.image, image).not.toBe('')
        const again = await engine.create(freshId(), { image: sandbox.image })
        expect(again.image).toBe(sandbox.image)
        await Promise.all([sandbox.destroy(), again.destroy()])
      }
    })

    test('an image that is not there is refused, and nothing is left', async () => {
      const engine = subject.engine()
      const before = await engine.list()
      for (const image of subject.images.refused) {
        await expect(engine.create(freshId(), { image }), image).rejects.toThrow(ImageNotAvailableError)
      }
      expect(await engine.list()).toEqual(before)
    })

    test.each(limitNames)('a limit of %s holds and is told, or is refused', async (name) => {
      const engine = subject.engine()
      const creating = engine.create(freshId(), { limits: { [name]: limits[name] } })
      if (engine.capabilities.limits.includes(name)) {
        const sandbox = await creating
        expect(sandbox.limits[name]).toBe(limits[name])
        await sandbox.destroy()
      } else await expect(creating).rejects.toThrow(LimitNotAvailableError)
      const nonsense = engine.create(freshId(), { limits: { [name]: -1 } })
      await expect(nonsense).rejects.toThrow(LimitNotAvailableError)
    })

    test('no more processes run than the sandbox says', async () => {
      const engine = subject.engine()
      const isOffered = engine.capabilities.limits.includes('processes')
      const sandbox = await engine.create(freshId(), isOffered ? { limits: { processes: limits.processes } } : {})
      const { processes } = sandbox.limits
      const fork = [
        'import os, time',
        'count = 0',
        'try:',
        `  while count < ${(processes ?? 0) + 10}:`,
        '    if os.fork() == 0: time.sleep(1000)',
        '    count += 1',
        'except OSError: pass',
        'print(count)',
      ].join('\n')
      if (processes !== undefined) {
        const made = Number((await run(sandbox, '', { argv: ['python3', '-c', fork] })).stdout)
        expect(made).toBeGreaterThan(0)
        expect(made).toBeLessThan(processes)
      }
      await sandbox.destroy()
    })

    test.each(networks)('the network %s holds and is told, or is refused', async (kind, network) => {
      const engine = subject.engine()
      const creating = engine.create(freshId(), { network })
      if (engine.capabilities.networks.includes(kind)) {
        const sandbox = await creating
        expect(sandbox.network).toEqual(network)
        await sandbox.destroy()
      } else await expect(creating).rejects.toThrow(NetworkNotAvailableError)
    })

    test('a network of no host at all is none', async () => {
      const creating = subject.engine().create(freshId(), { network: { allow: [] } })
      if (subject.engine().capabilities.networks.includes('none')) {
        const sandbox = await creating
        expect(sandbox.network).toBe('none')
        await sandbox.destroy()
      } else await expect(creating).rejects.toThrow(NetworkNotAvailableError)
    })

    test('what an engine says that it can do is there, and nothing else', async () => {
      const { capabilities } = subject.engine()
      const sandbox = await subject.sandbox()
      expect('ports' in sandbox).toBe(capabilities.ports)
      expect('watch' in sandbox.files).toBe(capabilities.watch)
      const starting = sandbox.exec(request('test -t 1', { terminal: { columns: 80, rows: 24 } }))
      if (capabilities.terminal) {
        const execution = await starting
        expect('resize' in execution).toBe(true)
        expect((await execution.exit).exitCode).toBe(0)
      } else await expect(starting).rejects.toThrow(NotSupportedError)
      expect('resize' in (await sandbox.exec(request('true')))).toBe(false)
      await sandbox.destroy()
    })
  })
}

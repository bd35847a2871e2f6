/** Bodies held against what a spec says of them. */
import { expect, test } from 'vitest'
import { BodyCheck } from '../../src/core/body-check.js'

const check = new BodyCheck<'Process' | 'Terminal' | 'ProcessList'>({
  Process: {
    name: 'string',
    pid: 'integer',
    'load?': 'number',
    exitCode: 'integer|null',
    'startedAt?': 'date-time',
    'terminal?': 'Terminal',
    'parent?': 'Process',
    'labels?': 'object',
    'arguments?': 'array',
    'hosts?': 'string[]',
    'more?': 'unknown',
  },
  Terminal: { columns: 'integer', rows: 'integer' },
  ProcessList: { processes: ['Process'] },
})

const whole = { name: 'a', pid: 1, exitCode: null }

test.each<[what: string, body: unknown]>([
  ['no more than is required', whole],
  ['fields that the spec does not know', { ...whole, colour: 'red' }],
  ['null for what may be missing', { ...whole, load: null, startedAt: null, terminal: null, arguments: null }],
  ['undefined for what may be missing', { ...whole, load: undefined }],
  ['each of several types', { ...whole, exitCode: 0 }],
  ['anything where anything may be', { ...whole, more: [1] }],
  ['other bodies', { ...whole, terminal: { columns: 80, rows: 24 }, parent: { ...whole, parent: whole } }],
  [
    'objects, lists, numbers and dates',
    { ...whole, labels: {}, arguments: [1], hosts: ['a', ''], load: 0.5, startedAt: '2026-01-01T00:00:00Z' },
  ],
])('%s', (_, body) => {
  expect(check.problemOf('Process', body)).toBeUndefined()
})

test.each<[problem: string, body: unknown]>([
  ['it is not an object', [whole]],
  ['it is not an object', null],
  ['name is missing', { pid: 1, exitCode: null }],
  ['name is not of type string', { ...whole, name: null }],
  ['pid is not of type integer', { ...whole, pid: 1.5 }],
  ['exitCode is not of type integer,null', { ...whole, exitCode: '0' }],
  ['load is not of type number', { ...whole, load: '1' }],
  ['startedAt is not a date', { ...whole, startedAt: 'yesterday' }],
  ['startedAt is not of type string', { ...whole, startedAt: 5 }],
  ['labels is not of type object', { ...whole, labels: [] }],
  ['arguments is not of type array', { ...whole, arguments: {} }],
  ['hosts is not of type array', { ...whole, hosts: 'a' }],
  ['hosts[1] is not of type string', { ...whole, hosts: ['a', 1, null] }],
  ['terminal is not of type object', { ...whole, terminal: 'xterm' }],
  ['in terminal, rows is missing', { ...whole, terminal: { columns: 80 } }],
  ['in parent, in parent, pid is missing', { ...whole, parent: { ...whole, parent: { name: 'b', exitCode: 1 } } }],
])('%s: %j', (problem, body) => {
  expect(check.problemOf('Process', body)).toBe(problem)
})

test('the entry of a list that is wrong is told', () => {
  expect(check.problemOf('ProcessList', { processes: [whole, whole] })).toBeUndefined()
  expect(check.problemOf('ProcessList', { processes: [whole, {}] })).toBe('in processes[1], name is missing')
  expect(check.problemOf('ProcessList', { processes: [1] })).toBe('in processes[0], it is not an object')
})

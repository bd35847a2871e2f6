/** Options that several commands share, and how their values are read. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { schemas } from 'sandbox-sessions-sdk/constraints'
import { relativePath } from './workspace.js'

const { Ttl, Timeout, Resources } = schemas
const { cpu, memoryMb, diskMb, processes } = Resources.properties

/** A whole number. The SDK checks its limits. */
function integer(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

/** A number, also with a fraction. The SDK checks its limits. */
function decimal(text: string): number {
  if (!/^-?(\d+|\d*\.\d+)$/.test(text)) throw new InvalidArgumentError('It must be a number.')
  return Number(text)
}

type Pairs = Readonly<Record<string, string>> | undefined

function pair(text: string, before: Pairs): Pairs {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('It must be name=value.')
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) }
}

/** `NAME=value`, or `NAME` for the value that it has here, which keeps a secret out of the list of processes. */
function variable(text: string, before: Pairs): Pairs {
  if (text.includes('=')) return pair(text, before)
  const value = process.env[text]
  if (value === undefined) throw new InvalidArgumentError('It is not set here.')
  return { ...before, [text]: value }
}

export const ttlOption = () =>
  new Option('--ttl <seconds>', `time to live, ${Ttl.minimum} to ${Ttl.maximum}`).argParser(integer)

export const metadataOption = () =>
  new Option('--metadata <name=value>', 'data to keep with the session; repeatable').argParser(pair)

export const cpuOption = () =>
  new Option('--cpu <n>', `processors it may use, ${cpu.minimum} to ${cpu.maximum}`).argParser(decimal)

export const memoryOption = () =>
  new Option('--memory <MiB>', `memory it may use, from ${memoryMb.minimum}`).argParser(integer)

export const diskOption = () =>
  new Option('--disk <MiB>', `disk its files may take, from ${diskMb.minimum}`).argParser(integer)

export const processesOption = () =>
  new Option('--processes <n>', `processes and threads it may have, from ${processes.minimum}`).argParser(integer)

export const allowOption = () =>
  new Option('--allow <host[:port]>', 'a host that it may reach; repeatable (default: no network)').argParser(
    (host: string, before: readonly string[] | undefined) => [...(before ?? []), host],
  )

export const timeoutOption = () =>
  new Option(
    '--timeout <seconds>',
    `kill it after this time, ${Timeout.minimum} to ${Timeout.maximum} (default: ${Timeout.default})`,
  ).argParser(integer)

export const envOption = () =>
  new Option(
    '-e, --env <name[=value]>',
    'set an environment variable, by default to its value here; repeatable',
  ).argParser(variable)

export const cwdOption = () =>
  new Option('--cwd <path>', 'working directory, relative to the root of the session').argParser(relativePath)

export const stdinOption = () =>
  new Option('-i, --stdin', 'read standard input to its end and send it; put large inputs into a file instead')

export const overwriteOption = () => new Option('--overwrite', 'replace files that exist')

export const recursiveOption = (description: string) => new Option('-r, --recursive', description)

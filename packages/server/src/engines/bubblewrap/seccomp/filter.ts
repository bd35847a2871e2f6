import { EngineUnavailableError } from '../../contract/errors.js'
import { Answer, Field, answer, assemble, ifAnyBit, ifAtLeast, ifEqual, load, unlessEqual } from './assembler.js'
import type { Instruction } from './assembler.js'
import { syscallNumbers } from './syscalls.js'

const EPERM = 1
const EINVAL = 22
const ENOSYS = 38
const EAFNOSUPPORT = 97

/** x32 shares the architecture of x86_64 and adds this bit to its numbers. */
const x32Bit = 0x40000000

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const newNamespace = 0x7e020000

/** TIOCSTI and TIOCLINUX fake input of a terminal. */
const terminalInjection = [0x5412, 0x541c]

/**
 * Bytes of one segment of System V shared memory, which no limit of a process counts. There are at most 4096 of them in a sandbox; what
 * still uses them, as PostgreSQL does, needs less than a page.
 */
const largestSegment = 16 * 1024

/** AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK. Others reach around the network namespace (AF_VSOCK) or have no use here. */
const socketFamilies = [1, 2, 10, 16]

/**
 * The system calls that a guest may not make: those that change the machine, make namespaces, or expose much of the
 * kernel. Namespaces and missing rights take care of everything else.
 *
 * @param architecture - as `process.arch` names it.
 * @throws {EngineUnavailableError} for one without a table.
 */
export function seccompFilter(architecture: string): Buffer {
  const table = syscallNumbers.get(architecture)
  if (table === undefined) {
    throw new EngineUnavailableError(`There is no system call filter for ${architecture}: x64 and arm64 are supported.`)
  }
  const { checked, denied } = table
  const refuse = answer(Answer.errno(EPERM))
  const allow = answer(Answer.allow)
  const onlyKnownFamilies = [
    load(Field.argument(0)),
    ...socketFamilies.flatMap((family) => ifEqual(family, [allow])),
    answer(Answer.errno(EAFNOSUPPORT)),
  ]
  const program: Instruction[] = [
    load(Field.architecture),
    ...unlessEqual(table.architecture, [answer(Answer.killProcess)]),
    load(Field.number),
    ...ifAtLeast(x32Bit, [answer(Answer.errno(ENOSYS))]),
    ...Object.values(denied).flatMap((number) => ifEqual(number, [refuse])),
    // A filter can't read its flags, which are behind a pointer. Libraries fall back to clone.
    ...ifEqual(checked.clone3, [answer(Answer.errno(ENOSYS))]),
    ...ifEqual(checked.clone, [load(Field.argument(0)), ...ifAnyBit(newNamespace, [refuse]), allow]),
    ...ifEqual(checked.ioctl, [
      load(Field.argument(1)),
      ...terminalInjection.flatMap((request) => ifEqual(request, [refuse])),
      allow,
    ]),
    ...ifEqual(checked.shmget, [
      load(Field.highHalf(1)),
      ...ifAtLeast(1, [answer(Answer.errno(EINVAL))]),
      load(Field.argument(1)),
      ...ifAtLeast(largestSegment + 1, [answer(Answer.errno(EINVAL))]),
      allow,
    ]),
    ...ifEqual(checked.socket, onlyKnownFamilies),
    ...ifEqual(checked.socketpair, onlyKnownFamilies),
    allow,
  ]
  return assemble(program)
}

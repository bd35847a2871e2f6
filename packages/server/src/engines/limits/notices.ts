import type { Purpose } from './places.js'

const wayOut =
  'Start it as root, as a systemd service with `Delegate=yes`, by ' +
  '`systemd-run --user --scope -p Delegate=yes sandbox-sessions-server`, or in a container that may write to /sys/fs/cgroup.'

/** Each purpose in words. */
const texts: readonly (readonly [Purpose, string])[] = [
  ['memory', 'Memory'],
  ['cpu', 'Processor time'],
  ['pids', 'The number of processes of all sandboxes together'],
]

/**
 * What is not bounded, why, and what to do; nothing when all of it is.
 *
 * @param available - what the kernel bounds here.
 * @param cause - why it does not bound more.
 */
export function noticesFor(available: ReadonlySet<Purpose>, cause: unknown): string[] {
  const reason = cause instanceof Error ? ` (${cause.message})` : ''
  const because = `the server cannot make control groups for that here${reason}.`
  const notices = texts
    .filter(([purpose]) => !available.has(purpose))
    .map(([purpose, text]) =>
      purpose === 'memory'
        ? `${text} of sandboxes is not bounded: ${because} One that takes too much can make the kernel end other programs of the machine.`
        : `${text} ${purpose === 'cpu' ? 'of sandboxes ' : ''}is not bounded: ${because}`,
    )
  if (!available.has('freezer')) {
    notices.push(`A program can go on for moments while its session is paused: ${because}`)
  }
  return notices.map((notice) => `${notice} ${wayOut}`)
}

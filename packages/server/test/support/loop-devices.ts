import { readFileSync, readdirSync } from 'node:fs'

/** The files below a directory that loop devices read and write now. */
export function attachedBelow(directory: string): string[] {
  return readdirSync('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .flatMap((name) => {
      try {
        return [readFileSync(`/sys/block/${name}/loop/backing_file`, 'utf8').trim()]
      } catch {
        return []
      }
    })
    .filter((file) => file.startsWith(`${directory}/`))
}

/** The mounts of this process's namespace, the machine's, that have to do with a directory. */
export function mountsBelow(directory: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`${directory}/`))
}

/** The environment of every guest process. */
export function guestEnvironment(home: string, path: readonly string[]): Record<string, string> {
  return {
    PATH: [...new Set(path)].join(':'),
    HOME: home,
    USER: 'sandbox',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TMPDIR: '/tmp',
  }
}

/** The directories that every guest finds programs in. */
export const systemPath = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin']

const letters = 'rwxrwxrwx'

/** The lowest nine bits of a mode, as the API writes them: `rwxr-xr-x`. */
export function permissionsOf(mode: number): string {
  return Array.from(letters, (letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-')).join('')
}

/**
 * The nine bits of mode for permissions: setuid, setgid and the sticky bit are never set. Undefined when the server left them out
 * or wrote them in another form.
 */
export function modeOf(permissions: string | undefined): number | undefined {
  if (permissions === undefined || !/^(?:[r-][w-][x-]){3}$/.test(permissions)) return undefined
  return Array.from(permissions).reduce((mode, letter) => mode * 2 + (letter === '-' ? 0 : 1), 0)
}

export function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, '0')
}

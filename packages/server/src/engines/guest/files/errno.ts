import { Failure, errnoOf } from '../failure.js'

/** What an error of the file system means to the caller; the message must name no path of the machine. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const code = errnoOf(error)
  switch (code) {
    case 'ENOENT':
      return new Failure('FileNotFound', 'There is no such file or directory.')
    case 'ENOTDIR':
    case 'ELOOP':
      return new Failure('NotADirectory', 'A part of the path is not a directory.')
    case 'EISDIR':
      return new Failure('IsADirectory', 'The path is a directory.')
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Failure('FileAccess', 'The permissions in the sandbox do not allow it: change them first.')
    case 'ENOSPC':
    case 'EDQUOT':
      return new Failure('NoSpace', 'There is no space left.')
    case 'EFBIG':
      return new Failure('FileTooBig', 'The file is larger than a file in the sandbox may be.')
    case 'ENAMETOOLONG':
      return new Failure('FileAccess', 'The path or a part of it is too long.')
    case 'EMFILE':
    case 'ENFILE':
      return new Failure('FileAccess', 'Too many files are open in the sandbox.')
    default:
      return new Failure('Internal', code ?? (error instanceof Error ? error.name : 'unknown'))
  }
}

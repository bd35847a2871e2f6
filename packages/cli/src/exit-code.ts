/** The exit codes of the program itself, listed in --help. Otherwise it ends with the exit code of the remote command. */
export const ExitCode = {
  Failure: 1,
  Usage: 2,
  NotFound: 3,
  Unauthorized: 4,
  Conflict: 5,
  /** EX_UNAVAILABLE of sysexits.h. */
  Unavailable: 69,
  /** The exit code of timeout(1). */
  Timeout: 124,
  /** The exit code that a shell shows for SIGPIPE. */
  BrokenPipe: 141,
} as const

export const exitCodeHelp = `Exit codes:
  exec and run end with the exit code of what they ran. Otherwise:
  ${ExitCode.Failure}    failure                  ${ExitCode.Unavailable}   no usable answer, or the service is busy
  ${ExitCode.Usage}    wrong usage              ${ExitCode.Timeout}  the command was killed at its timeout
  ${ExitCode.NotFound}    no such session or file  130  Ctrl-C: the remote command was stopped (143: SIGTERM, 129: SIGHUP)
  ${ExitCode.Unauthorized}    not authorized           ${ExitCode.BrokenPipe}  the reader of the output went away
  ${ExitCode.Conflict}    conflict: the file exists, the session is paused, ...`

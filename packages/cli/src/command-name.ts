/** The name of the command: in the help, at the beginning of each message, and in the completion scripts. */
export const commandName = 'sandbox-sessions'

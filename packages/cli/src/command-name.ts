/** What the command is called: in the help, at the beginning of each message, and in the completion scripts. */
export const commandName = 'sandbox-sessions'

import type { Context } from '../context.js'
import { newCommand } from '../new-command.js'
import { filesLsCommand } from './files-ls.js'
import { filesRmCommand } from './files-rm.js'

export const filesCommand = (context: Context) =>
  newCommand(context, 'files')
    .description('list or delete the files of a session')
    .usage('[ls | rm] [options] <session>[:path]')
    .addCommand(filesLsCommand(context), { isDefault: true })
    .addCommand(filesRmCommand(context))

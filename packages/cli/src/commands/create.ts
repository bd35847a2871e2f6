import { newCommand } from '../new-command.js'
import type { Context } from '../context.js'
import { expiry } from '../describe.js'
import {
  allowOption,
  cpuOption,
  diskOption,
  memoryOption,
  metadataOption,
  processesOption,
  ttlOption,
} from '../options.js'

export const createCommand = (context: Context) =>
  newCommand(context, 'create')
    .description('start a session and print its id')
    .addOption(ttlOption())
    .option('--image <name>', 'the image to start from, for example python:3.11')
    .addOption(metadataOption())
    .addOption(cpuOption())
    .addOption(memoryOption())
    .addOption(diskOption())
    .addOption(processesOption())
    .addOption(allowOption())
    .action(async ({ ttl, image, metadata, cpu, memory, disk, processes, allow }) => {
      const limits = { cpu, memoryMb: memory, diskMb: disk, processes }
      const resources = Object.values(limits).some((each) => each !== undefined) ? limits : undefined
      const network = allow && { allow }
      const request = { ttl, image, metadata, resources, network }
      const session = await context.client.createSession(request, { signal: context.signal })
      await context.print(session, session.sessionId)
      await context.note(`expires ${expiry(session)}`)
    })

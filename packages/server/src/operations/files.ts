import type { components } from 'sandbox-sessions-sdk/sandbox-api'
import type { FileEntry } from '../engines/contract/files.js'
import { invalidParameter } from '../http/api-error.js'
import type { Handlers } from '../http/operation-call.js'
import { sendFile } from '../http/download.js'
import { readRange, versionOf } from '../http/range.js'
import { receiveUpload } from '../http/upload.js'
import type { Limits } from '../support/limits.js'
import type { FileService } from '../service/files.js'

type FileOperation = 'uploadFile' | 'downloadFile' | 'statFile' | 'listFiles' | 'deleteFile'

export function fileHandlers(files: FileService, limits: Limits): Pick<Handlers, FileOperation> {
  return {
    uploadFile: async ({ user, path, query, request }) => {
      const { filename, content, size } = await receiveUpload(request.raw, request.mediaType)
      const destination = query.path ?? filename
      if (destination === undefined) {
        throw invalidParameter('path is required when the body does not name the file.', { parameter: 'path' })
      }
      const { overwrite, mode } = query
      const { checksum, ...entry } = await files.write(user, path.sessionId, destination, content, {
        overwrite,
        mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
        size,
      })
      return { ...toFileInfo(entry), checksum }
    },
    downloadFile: async ({ user, path, query, header, request, reply }) => {
      const { Range: rangeHeader, 'If-Range': ifRange } = header
      // HTTP has ranges only for GET.
      const range = rangeHeader === undefined || request.method === 'HEAD' ? undefined : readRange(rangeHeader)
      const version = ifRange === undefined ? undefined : versionOf(ifRange)
      const file = await files.read(user, path.sessionId, query.filePath, { range, version })
      const isPart = range !== undefined && (version === undefined || version === file.entry.version)
      await sendFile(request, reply, file, { isPart, ...limits })
      return undefined
    },
    statFile: async ({ user, path, query }) => {
      const { checksum, ...entry } = await files.stat(user, path.sessionId, query.filePath, query)
      return { ...toFileInfo(entry), ...(checksum !== undefined && { checksum }) }
    },
    listFiles: async ({ user, path, query }) => {
      const { entries, total } = await files.list(user, path.sessionId, query.path, query)
      return { files: entries.map(toFileInfo), total, limit: query.limit, offset: query.offset }
    },
    deleteFile: async ({ user, path, query }) => {
      await files.remove(user, path.sessionId, query.filePath, query)
      return undefined
    },
  }
}

function toFileInfo({ version: _, ...entry }: FileEntry): components['schemas']['FileInfo'] {
  return { ...entry, createdAt: entry.createdAt.toISOString(), modifiedAt: entry.modifiedAt.toISOString() }
}

import type { Core } from '../core/core.js'
import { Listing, type PageInfo } from '../core/listing.js'
import type { RequestOptions } from '../options.js'
import { type FileInfo, fileInfo } from './file-info.js'
import { type ListFilesRequest, listFilesQuery } from './requests.js'

/** One page of files. */
export interface FilePage extends PageInfo {
  readonly files: readonly FileInfo[]
}

export function listFiles(
  core: Core,
  sessionId: string,
  request: ListFilesRequest,
  options: RequestOptions,
): Listing<FilePage, FileInfo> {
  return new Listing({
    load: async (offset, inLoop) => {
      const query = listFilesQuery(request, { offset, largest: inLoop })
      return core.body('listFiles', { path: { sessionId }, query }, options, (wire) => ({
        ...wire,
        files: wire.files.map(fileInfo),
      }))
    },
    items: (page) => page.files,
    key: (file) => file.path,
  })
}

import { checkMoreOptions } from '../core/call-options.js'
import type { Core } from '../core/core.js'
import type { RequestOptions } from '../options.js'
import { type FileInfo, fileInfo } from './file-info.js'
import type { TransferOptions } from './progress.js'
import { type UploadRequest, uploadQuery } from './requests.js'
import { createUpload } from './upload.js'
import type { UploadContent } from './upload-source.js'

export async function uploadFile(
  core: Core,
  sessionId: string,
  request: UploadRequest,
  content: UploadContent,
  options: RequestOptions & TransferOptions,
): Promise<FileInfo> {
  const query = uploadQuery(request)
  checkMoreOptions(options)
  const upload = await createUpload(content, options)
  try {
    return await core.body(
      'uploadFile',
      { path: { sessionId }, query, body: upload.body },
      options,
      async (wire) => {
        const info = fileInfo(wire)
        await upload.check(info)
        return info
      },
      {
        timeoutMs: upload.firstDeadlineMs(core.settings.timeoutMs),
        repeatable: upload.repeatable,
        headers: { 'content-type': 'application/octet-stream' },
        begun: (call) => upload.begin(call),
      },
    )
  } finally {
    upload.end()
  }
}

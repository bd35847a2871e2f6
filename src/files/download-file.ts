import type { CallControl } from '../core/call-control.js'
import { checkMoreOptions } from '../core/call-options.js'
import type { Core } from '../core/core.js'
import { SandboxAPIError, SandboxValidationError } from '../errors.js'
import { CallSite } from '../internal/call-site.js'
import { checkRelativePath } from '../internal/checks.js'
import type { RequestOptions } from '../options.js'
import { askedRange } from './byte-range.js'
import { FileDownload } from './download.js'
import { fileInfo } from './file-info.js'
import type { TransferOptions } from './progress.js'

export async function downloadFile(
  core: Core,
  sessionId: string,
  filePath: string,
  options: RequestOptions & TransferOptions,
): Promise<FileDownload> {
  const path = { sessionId }
  const query = { filePath: checkRelativePath('filePath', filePath) }
  const { signal, headers: own, ...numbers } = checkMoreOptions(options)
  const headers = { ...core.settings.headers, ...own }
  checkRange(headers, options)
  const site = new CallSite()
  let call: CallControl | undefined
  const open = (all: RequestOptions['headers']): Promise<Response> =>
    core.stream(
      'downloadFile',
      { path, query },
      { signal, ...numbers, headers: all },
      {
        accept: 'application/octet-stream, */*;q=0.5',
        begun: (begun) => (call = begun),
      },
    )
  const { maxRetries, maxRetryDelayMs } = core.settings
  return FileDownload.of(await open(headers), {
    path: filePath,
    options,
    headers,
    signal,
    maxRetries: numbers.maxRetries ?? maxRetries,
    maxRetryDelayMs,
    abort: (reason) => call?.abort(reason),
    explain: (error) => {
      if (call?.isForeign(error) === true) return
      if (error instanceof SandboxAPIError) call?.explain(error)
      site.addTo(error)
    },
    resume: (rest) => open({ ...headers, ...rest }),
    checksum: async () => {
      const asked = { path, query: { ...query, checksum: true } }
      return (await core.body('statFile', asked, options, fileInfo)).checksum
    },
  })
}

/** @throws {SandboxValidationError} */
function checkRange({ range }: Readonly<Record<string, string>>, { verify }: TransferOptions): void {
  if (range === undefined) return
  askedRange(range)
  if (verify !== true) return
  throw new SandboxValidationError(
    'verify does not go with a range header: the server knows only the checksum of the whole file. Leave one of them out.',
    'verify',
  )
}

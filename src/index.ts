/// <reference lib="esnext.disposable" preserve="true" />
export { SessionsClient } from './client.js'
export type { Health, SessionPage } from './client.js'
export { Session, SessionStatus } from './session.js'
export type { RunCodeOptions, RunOptions, StreamCodeOptions, StreamOptions } from './session.js'
export { CommandStream } from './commands/command-stream.js'
export type { CommandEvent, ExitEvent, OutputEvent } from './commands/command-events.js'
export type { OutputListener } from './commands/collect.js'
export type { Encoded, OutputEncoding, OutputOf, OutputOptions } from './commands/output-form.js'
export type { Bytes, Output } from './internal/bytes.js'
export type { Progress, TransferOptions } from './files/progress.js'
export type { UploadContent } from './files/upload-source.js'
export type { FilePage } from './files/list-files.js'
export { SessionFiles } from './files/session-files.js'
export { FileDownload } from './files/download.js'
export { Listing } from './core/listing.js'
export type { PageInfo } from './core/listing.js'
export { CommandStatus } from './commands/command-result.js'
export type { CommandResult } from './commands/command-result.js'
export { FileType } from './files/file-info.js'
export type { FileInfo } from './files/file-info.js'
export type { CreateSessionRequest, ListSessionsRequest, UpdateSessionRequest } from './sessions/requests.js'
export type { SessionMetrics } from './sessions/metrics.js'
export type { SessionNetwork, SessionResources } from './sessions/resources.js'
export { CodeLanguage } from './commands/requests.js'
export type { CodeRequest, CommandRequest, ExecutionOptions } from './commands/requests.js'
export type { DeleteFileRequest, ListFilesRequest, StatFileRequest, UploadRequest } from './files/requests.js'
export type { Fetch, RequestOptions, Secret, SessionsClientOptions } from './options.js'
export type { SandboxApi } from './core/api.js'
export { LogLevel } from './options.js'
export type { CallInfo, ClientHooks, Logger, RequestEvent, ResponseEvent, RetryEvent } from './options.js'
export { CommandFailedError } from './commands/command-failed-error.js'
export {
  ConflictError,
  ErrorCode,
  FileNotFoundError,
  RateLimitError,
  SandboxAPIError,
  SandboxConnectionError,
  SandboxOperationError,
  SandboxTimeoutError,
  SandboxValidationError,
  ServiceUnavailableError,
  SessionNotFoundError,
  UnauthorizedError,
} from './errors.js'
export type { ErrorContext, RateLimit } from './errors.js'
export type { components, operations, paths } from '../generated/sandbox-api.js'
export { specVersion } from '../generated/constraints.js'
export { sdkVersion } from './internal/version.js'

/// <reference lib="esnext.disposable" preserve="true" />
export { SessionsClient } from './client.js'
export type { FilePage, Health, SessionPage } from './client.js'
export { Session, SessionStatus } from './session.js'
export type { RunCodeOptions, RunOptions, StreamCodeOptions, StreamOptions } from './session.js'
export { CommandStream } from './commands/command-stream.js'
export type { CommandEvent, ExitEvent, OutputEvent } from './commands/command-events.js'
export type { OutputListener } from './commands/collect.js'
export type { Encoded, OutputEncoding, OutputOf, OutputOptions } from './commands/output-form.js'
export type { Bytes, Output } from './internal/bytes.js'
export type { Progress, TransferOptions } from './files/progress.js'
export type { UploadContent } from './files/upload-source.js'
export { SessionFiles } from './files/session-files.js'
export { FileDownload } from './files/download.js'
export { Listing } from './core/listing.js'
export type { PageInfo } from './core/listing.js'
export { CommandStatus } from './commands/command-result.js'
export type { CommandResult } from './commands/command-result.js'
export { FileType } from './files/file-info.js'
export type { FileInfo } from './files/file-info.js'
export { CodeLanguage } from './core/requests.js'
export type {
  CodeRequest,
  CommandRequest,
  CreateSessionRequest,
  DeleteFileRequest,
  ExecutionOptions,
  ListFilesRequest,
  ListSessionsRequest,
  StatFileRequest,
  UpdateSessionRequest,
  UploadRequest,
} from './core/requests.js'
export type { Fetch, RequestOptions, Secret, SessionsClientOptions } from './options.js'
export type { SandboxApi } from './core/api.js'
export { LogLevel } from './transport/observe.js'
export type { CallInfo, ClientHooks, Logger, RequestEvent, ResponseEvent, RetryEvent } from './transport/observe.js'
export {
  CommandFailedError,
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
export { sdkVersion } from './version.js'

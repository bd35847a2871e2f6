/// <reference lib="esnext.disposable" preserve="true" />
export { SessionsClient } from './client.js'
export type { FilePage, Health, SessionPage } from './client.js'
export { Session, SessionStatus } from './session.js'
export type { RunCodeOptions, RunOptions, StreamCodeOptions, StreamOptions } from './session.js'
export { CommandStream } from './command-stream.js'
export type { CommandEvent, ExitEvent, OutputEvent } from './command-events.js'
export type { OutputListener } from './collect.js'
export type { Encoded, OutputEncoding, OutputOf, OutputOptions } from './output-form.js'
export type { Bytes, Output } from './bytes.js'
export type { Progress, TransferOptions } from './progress.js'
export type { UploadContent } from './upload-source.js'
export { SessionFiles } from './session-files.js'
export { FileDownload } from './download.js'
export { Listing } from './listing.js'
export type { PageInfo } from './listing.js'
export { CommandStatus } from './command-result.js'
export type { CommandResult } from './command-result.js'
export { FileType } from './file-info.js'
export type { FileInfo } from './file-info.js'
export { CodeLanguage } from './requests.js'
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
} from './requests.js'
export type { Fetch, RequestOptions, Secret, SessionsClientOptions } from './options.js'
export type { SandboxApi } from './api.js'
export { LogLevel } from './observe.js'
export type { CallInfo, ClientHooks, Logger, RequestEvent, ResponseEvent, RetryEvent } from './observe.js'
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

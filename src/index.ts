/// <reference lib="esnext.disposable" preserve="true" />
export { SessionsClient } from './client.js'
export type { FilePage, Health, SessionPage } from './client.js'
export { Session, SessionStatus } from './session.js'
export type { RunCodeOptions, RunOptions } from './session.js'
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
  UpdateSessionRequest,
  UploadContent,
  UploadRequest,
} from './requests.js'
export type { Fetch, RequestOptions, Secret, SessionsClientOptions } from './options.js'
export type { SandboxApi } from './api.js'
export { LogLevel } from './observe.js'
export type { CallInfo, ClientHooks, Logger, RequestEvent, ResponseEvent, RetryEvent } from './observe.js'
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
export { sdkVersion } from './version.js'

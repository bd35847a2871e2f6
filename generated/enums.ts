// Written by `npm run generate` from sandbox-api-spec.yaml. Do not edit.

export const Encoding = {
  Utf8: 'utf-8',
  Base64: 'base64',
} as const

export const SessionStatus = {
  Running: 'running',
  Paused: 'paused',
} as const

export const CodeLanguage = {
  Python: 'python',
  Javascript: 'javascript',
  Bash: 'bash',
} as const

export const CommandStatus = {
  Completed: 'completed',
  Failed: 'failed',
  Timeout: 'timeout',
} as const

export const FileType = {
  File: 'file',
  Directory: 'directory',
  Symlink: 'symlink',
} as const

export const KnownErrorCode = {
  InvalidParameter: 'INVALID_PARAMETER',
  ImageNotAvailable: 'IMAGE_NOT_AVAILABLE',
  ResourceNotAvailable: 'RESOURCE_NOT_AVAILABLE',
  NetworkNotAllowed: 'NETWORK_NOT_ALLOWED',
  Unauthorized: 'UNAUTHORIZED',
  SessionNotFound: 'SESSION_NOT_FOUND',
  FileNotFound: 'FILE_NOT_FOUND',
  NotFound: 'NOT_FOUND',
  MethodNotAllowed: 'METHOD_NOT_ALLOWED',
  RequestTimeout: 'REQUEST_TIMEOUT',
  InvalidState: 'INVALID_STATE',
  SessionPaused: 'SESSION_PAUSED',
  FileExists: 'FILE_EXISTS',
  DirectoryNotEmpty: 'DIRECTORY_NOT_EMPTY',
  IdempotencyConflict: 'IDEMPOTENCY_CONFLICT',
  FileTooLarge: 'FILE_TOO_LARGE',
  QuotaExceeded: 'QUOTA_EXCEEDED',
  RangeNotSatisfiable: 'RANGE_NOT_SATISFIABLE',
  IdempotencyKeyReused: 'IDEMPOTENCY_KEY_REUSED',
  RateLimited: 'RATE_LIMITED',
  InternalError: 'INTERNAL_ERROR',
  CapacityExceeded: 'CAPACITY_EXCEEDED',
} as const

// Written by `npm run generate` from sandbox-api-spec.yaml. Do not edit.

/** The version of the spec that this was generated from. */
export const specVersion = '1.2.0' as const

/** What the schemas of bodies demand. */
export const schemas = {
  SessionId: {
    type: 'string',
    format: 'uuid',
    pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
  },
  RequestId: {
    type: 'string',
    minLength: 1,
    maxLength: 128,
    pattern: '^[\\x21-\\x7E]+$',
  },
  Ttl: {
    type: 'integer',
    minimum: 60,
    maximum: 28800,
  },
  Timeout: {
    type: 'integer',
    default: 60,
    minimum: 1,
    maximum: 300,
  },
  Environment: {
    type: 'object',
    values: {
      type: 'string',
    },
  },
  WorkingDirectory: {
    type: 'string',
    minLength: 1,
  },
  Encoding: {
    type: 'string',
    enum: ['utf-8', 'base64'],
  },
  StandardInput: {
    type: 'string',
  },
  Metadata: {
    type: 'object',
  },
  CreateSessionRequest: {
    type: 'object',
    properties: {
      ttl: {
        type: 'integer',
        default: 3600,
        minimum: 60,
        maximum: 28800,
        required: false,
      },
      image: {
        type: 'string',
        required: false,
      },
      metadata: {
        type: 'object',
        required: false,
      },
    },
  },
  UpdateSessionRequest: {
    type: 'object',
    properties: {
      ttl: {
        type: 'integer',
        minimum: 60,
        maximum: 28800,
        required: true,
      },
    },
  },
  SessionStatus: {
    type: 'string',
    enum: ['running', 'paused'],
  },
  Session: {
    type: 'object',
    properties: {
      sessionId: {
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
        required: true,
      },
      status: {
        type: 'string',
        enum: ['running', 'paused'],
        required: true,
      },
      createdAt: {
        type: 'string',
        format: 'date-time',
        required: true,
      },
      expiresAt: {
        type: 'string',
        format: 'date-time',
        required: true,
      },
      lastActivityAt: {
        type: 'string',
        format: 'date-time',
        required: false,
      },
      metadata: {
        type: 'object',
        required: false,
      },
      image: {
        type: 'string',
        required: false,
      },
      engine: {
        type: 'string',
        required: false,
      },
    },
  },
  SessionList: {
    type: 'object',
    properties: {
      sessions: {
        type: 'array',
        items: 'Session',
        required: true,
      },
      total: {
        type: 'integer',
        minimum: 0,
        required: true,
      },
      limit: {
        type: 'integer',
        minimum: 1,
        required: true,
      },
      offset: {
        type: 'integer',
        minimum: 0,
        required: true,
      },
    },
  },
  CommandRequest: {
    type: 'object',
    properties: {
      command: {
        type: 'string',
        required: true,
      },
      timeout: {
        type: 'integer',
        default: 60,
        minimum: 1,
        maximum: 300,
        required: false,
      },
      env: {
        type: 'object',
        values: {
          type: 'string',
        },
        required: false,
      },
      cwd: {
        type: 'string',
        minLength: 1,
        required: false,
      },
      stdin: {
        type: 'string',
        required: false,
      },
      stdinEncoding: {
        type: 'string',
        enum: ['utf-8', 'base64'],
        default: 'utf-8',
        required: false,
      },
      encoding: {
        type: 'string',
        enum: ['utf-8', 'base64'],
        default: 'utf-8',
        required: false,
      },
    },
  },
  CodeLanguage: {
    type: 'string',
    enum: ['python', 'javascript', 'bash'],
  },
  CodeRequest: {
    type: 'object',
    properties: {
      code: {
        type: 'string',
        required: true,
      },
      language: {
        type: 'string',
        enum: ['python', 'javascript', 'bash'],
        default: 'python',
        required: false,
      },
      timeout: {
        type: 'integer',
        default: 60,
        minimum: 1,
        maximum: 300,
        required: false,
      },
      env: {
        type: 'object',
        values: {
          type: 'string',
        },
        required: false,
      },
      cwd: {
        type: 'string',
        minLength: 1,
        required: false,
      },
      stdin: {
        type: 'string',
        required: false,
      },
      stdinEncoding: {
        type: 'string',
        enum: ['utf-8', 'base64'],
        default: 'utf-8',
        required: false,
      },
      encoding: {
        type: 'string',
        enum: ['utf-8', 'base64'],
        default: 'utf-8',
        required: false,
      },
    },
  },
  CommandStatus: {
    type: 'string',
    enum: ['completed', 'failed', 'timeout'],
  },
  CommandResult: {
    type: 'object',
    properties: {
      status: {
        type: 'string',
        enum: ['completed', 'failed', 'timeout'],
        required: true,
      },
      exitCode: {
        type: ['integer', 'null'],
        required: true,
      },
      stdout: {
        type: 'string',
        required: false,
      },
      stderr: {
        type: 'string',
        required: false,
      },
      encoding: {
        type: 'string',
        enum: ['utf-8', 'base64'],
        required: false,
      },
      truncated: {
        type: 'boolean',
        required: false,
      },
      durationMs: {
        type: 'integer',
        minimum: 0,
        required: false,
      },
    },
  },
  OutputEvent: {
    type: 'object',
    properties: {
      data: {
        type: 'string',
        required: true,
      },
      encoding: {
        type: 'string',
        enum: ['utf-8', 'base64'],
        required: false,
      },
    },
  },
  CommandEventStream: {
    type: 'string',
  },
  FileMode: {
    type: 'string',
    pattern: '^0?[0-7]{3}$',
  },
  FileType: {
    type: 'string',
    enum: ['file', 'directory', 'symlink'],
  },
  FileInfo: {
    type: 'object',
    properties: {
      name: {
        type: 'string',
        required: true,
      },
      path: {
        type: 'string',
        required: true,
      },
      type: {
        type: 'string',
        enum: ['file', 'directory', 'symlink'],
        required: true,
      },
      size: {
        type: 'integer',
        format: 'int64',
        minimum: 0,
        required: true,
      },
      permissions: {
        type: 'string',
        required: false,
      },
      createdAt: {
        type: 'string',
        format: 'date-time',
        required: false,
      },
      modifiedAt: {
        type: 'string',
        format: 'date-time',
        required: false,
      },
      checksum: {
        type: 'string',
        required: false,
      },
    },
  },
  FileList: {
    type: 'object',
    properties: {
      files: {
        type: 'array',
        items: 'FileInfo',
        required: true,
      },
      total: {
        type: 'integer',
        minimum: 0,
        required: true,
      },
      limit: {
        type: 'integer',
        minimum: 1,
        required: true,
      },
      offset: {
        type: 'integer',
        minimum: 0,
        required: true,
      },
    },
  },
  FileUpload: {
    type: 'object',
    properties: {
      file: {
        type: 'string',
        required: true,
      },
    },
  },
  BinaryContent: {
    type: 'string',
  },
  TextContent: {
    type: 'string',
  },
  Health: {
    type: 'object',
    properties: {
      status: {
        type: 'string',
        enum: ['healthy'],
        required: true,
      },
    },
  },
  KnownErrorCode: {
    type: 'string',
    enum: [
      'INVALID_PARAMETER',
      'IMAGE_NOT_AVAILABLE',
      'UNAUTHORIZED',
      'SESSION_NOT_FOUND',
      'FILE_NOT_FOUND',
      'NOT_FOUND',
      'METHOD_NOT_ALLOWED',
      'REQUEST_TIMEOUT',
      'INVALID_STATE',
      'SESSION_PAUSED',
      'FILE_EXISTS',
      'DIRECTORY_NOT_EMPTY',
      'IDEMPOTENCY_CONFLICT',
      'FILE_TOO_LARGE',
      'QUOTA_EXCEEDED',
      'RANGE_NOT_SATISFIABLE',
      'IDEMPOTENCY_KEY_REUSED',
      'RATE_LIMITED',
      'INTERNAL_ERROR',
      'CAPACITY_EXCEEDED',
    ],
  },
  ErrorCode: {},
  ErrorDetails: {
    type: 'object',
  },
  Error: {
    type: 'object',
    properties: {
      error: {
        required: true,
      },
      message: {
        type: 'string',
        required: true,
      },
      details: {
        type: 'object',
        required: false,
      },
      timestamp: {
        type: 'string',
        format: 'date-time',
        required: false,
      },
      requestId: {
        type: 'string',
        required: false,
      },
    },
  },
} as const

/** The values that the spec names, by their names. */
export const enums = {
  Encoding: {
    Utf8: 'utf-8',
    Base64: 'base64',
  },
  SessionStatus: {
    Running: 'running',
    Paused: 'paused',
  },
  CodeLanguage: {
    Python: 'python',
    Javascript: 'javascript',
    Bash: 'bash',
  },
  CommandStatus: {
    Completed: 'completed',
    Failed: 'failed',
    Timeout: 'timeout',
  },
  FileType: {
    File: 'file',
    Directory: 'directory',
    Symlink: 'symlink',
  },
  KnownErrorCode: {
    InvalidParameter: 'INVALID_PARAMETER',
    ImageNotAvailable: 'IMAGE_NOT_AVAILABLE',
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
  },
} as const

/** What the operations are and what their parameters demand. */
export const operations = {
  listSessions: {
    method: 'GET',
    path: '/sessions',
    secured: true,
    statuses: [200, 400, 401, 429, 500, 503],
    parameters: {
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
      limit: {
        in: 'query',
        required: false,
        type: 'integer',
        default: 50,
        minimum: 1,
        maximum: 100,
      },
      offset: {
        in: 'query',
        required: false,
        type: 'integer',
        default: 0,
        minimum: 0,
      },
    },
  },
  createSession: {
    method: 'POST',
    path: '/sessions',
    secured: true,
    statuses: [200, 400, 401, 409, 413, 422, 429, 500, 503],
    parameters: {
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
      'Idempotency-Key': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 255,
      },
    },
  },
  getSession: {
    method: 'GET',
    path: '/sessions/{sessionId}',
    secured: true,
    statuses: [200, 400, 401, 404, 429, 500, 503],
    parameters: {
      sessionId: {
        in: 'path',
        required: true,
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      },
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
    },
  },
  deleteSession: {
    method: 'DELETE',
    path: '/sessions/{sessionId}',
    secured: true,
    statuses: [200, 400, 401, 404, 429, 500, 503],
    parameters: {
      sessionId: {
        in: 'path',
        required: true,
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      },
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
    },
  },
  updateSession: {
    method: 'PATCH',
    path: '/sessions/{sessionId}',
    secured: true,
    statuses: [200, 400, 401, 404, 413, 429, 500, 503],
    parameters: {
      sessionId: {
        in: 'path',
        required: true,
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      },
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
    },
  },
  pauseSession: {
    method: 'POST',
    path: '/sessions/{sessionId}/pause',
    secured: true,
    statuses: [200, 400, 401, 404, 409, 429, 500, 503],
    parameters: {
      sessionId: {
        in: 'path',
        required: true,
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      },
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
    },
  },
  resumeSession: {
    method: 'POST',
    path: '/sessions/{sessionId}/resume',
    secured: true,
    statuses: [200, 400, 401, 404, 409, 429, 500, 503],
    parameters: {
      sessionId: {
        in: 'path',
        required: true,
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      },
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
    },
  },
  executeCommand: {
    method: 'POST',
    path: '/sessions/{sessionId}/commands',
    secured: true,
    statuses: [200, 400, 401, 404, 408, 409, 413, 429, 500, 503],
    parameters: {
      sessionId: {
        in: 'path',
        required: true,
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      },
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
    },
  },
  executeCode: {
    method: 'POST',
    path: '/sessions/{sessionId}/code',
    secured: true,
    statuses: [200, 400, 401, 404, 408, 409, 413, 429, 500, 503],
    parameters: {
      sessionId: {
        in: 'path',
        required: true,
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      },
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
    },
  },
  downloadFile: {
    method: 'GET',
    path: '/sessions/{sessionId}/files',
    secured: true,
    statuses: [200, 206, 400, 401, 404, 416, 429, 500, 503],
    parameters: {
      sessionId: {
        in: 'path',
        required: true,
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      },
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
      filePath: {
        in: 'query',
        required: true,
        type: 'string',
      },
      Range: {
        in: 'header',
        required: false,
        type: 'string',
        pattern: '^bytes=(\\d+-\\d*|-\\d+)$',
      },
      'If-Range': {
        in: 'header',
        required: false,
        type: 'string',
      },
    },
  },
  uploadFile: {
    method: 'POST',
    path: '/sessions/{sessionId}/files',
    secured: true,
    statuses: [201, 400, 401, 404, 409, 413, 429, 500, 503],
    parameters: {
      sessionId: {
        in: 'path',
        required: true,
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      },
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
      path: {
        in: 'query',
        required: false,
        type: 'string',
      },
      overwrite: {
        in: 'query',
        required: false,
        type: 'boolean',
        default: false,
      },
      mode: {
        in: 'query',
        required: false,
        type: 'string',
        pattern: '^0?[0-7]{3}$',
      },
    },
  },
  deleteFile: {
    method: 'DELETE',
    path: '/sessions/{sessionId}/files',
    secured: true,
    statuses: [204, 400, 401, 404, 409, 429, 500, 503],
    parameters: {
      sessionId: {
        in: 'path',
        required: true,
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      },
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
      filePath: {
        in: 'query',
        required: true,
        type: 'string',
      },
      recursive: {
        in: 'query',
        required: false,
        type: 'boolean',
        default: false,
      },
    },
  },
  listFiles: {
    method: 'GET',
    path: '/sessions/{sessionId}/files/list',
    secured: true,
    statuses: [200, 400, 401, 404, 429, 500, 503],
    parameters: {
      sessionId: {
        in: 'path',
        required: true,
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      },
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
      path: {
        in: 'query',
        required: false,
        type: 'string',
        default: '.',
        minLength: 1,
      },
      recursive: {
        in: 'query',
        required: false,
        type: 'boolean',
        default: false,
      },
      limit: {
        in: 'query',
        required: false,
        type: 'integer',
        default: 200,
        minimum: 1,
        maximum: 1000,
      },
      offset: {
        in: 'query',
        required: false,
        type: 'integer',
        default: 0,
        minimum: 0,
      },
    },
  },
  statFile: {
    method: 'GET',
    path: '/sessions/{sessionId}/files/stat',
    secured: true,
    statuses: [200, 400, 401, 404, 429, 500, 503],
    parameters: {
      sessionId: {
        in: 'path',
        required: true,
        type: 'string',
        format: 'uuid',
        pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      },
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
      filePath: {
        in: 'query',
        required: true,
        type: 'string',
      },
      checksum: {
        in: 'query',
        required: false,
        type: 'boolean',
        default: false,
      },
    },
  },
  healthCheck: {
    method: 'GET',
    path: '/health',
    secured: false,
    statuses: [200, 429, 503],
    parameters: {
      'X-Request-Id': {
        in: 'header',
        required: false,
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\x21-\\x7E]+$',
      },
    },
  },
} as const

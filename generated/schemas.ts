// Written by `npm run generate` from sandbox-api-spec.yaml. Do not edit.

export const SessionId = {
  type: 'string',
  format: 'uuid',
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
} as const

export const RequestId = {
  type: 'string',
  minLength: 1,
  maxLength: 128,
  pattern: '^[\\x21-\\x7E]+$',
} as const

export const Ttl = {
  type: 'integer',
  minimum: 60,
  maximum: 28800,
} as const

export const Timeout = {
  type: 'integer',
  default: 60,
  minimum: 1,
  maximum: 300,
} as const

export const Environment = {
  type: 'object',
  values: {
    type: 'string',
  },
} as const

export const WorkingDirectory = {
  type: 'string',
  minLength: 1,
} as const

export const Encoding = {
  type: 'string',
  enum: ['utf-8', 'base64'],
} as const

export const StandardInput = {
  type: 'string',
} as const

export const Metadata = {
  type: 'object',
} as const

export const CreateSessionRequest = {
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
    resources: {
      type: 'object',
      schema: 'Resources',
      required: false,
    },
    network: {
      type: 'object',
      schema: 'Network',
      required: false,
    },
  },
} as const

export const Resources = {
  type: 'object',
  properties: {
    cpu: {
      type: 'number',
      minimum: 0.1,
      maximum: 64,
      required: false,
    },
    memoryMb: {
      type: 'integer',
      minimum: 64,
      maximum: 1048576,
      required: false,
    },
    diskMb: {
      type: 'integer',
      minimum: 16,
      maximum: 16777216,
      required: false,
    },
    processes: {
      type: 'integer',
      minimum: 1,
      maximum: 4194304,
      required: false,
    },
  },
} as const

export const Network = {
  type: 'object',
  properties: {
    allow: {
      type: 'array',
      maxItems: 256,
      items: {
        type: 'string',
        minLength: 1,
        maxLength: 261,
      },
      required: true,
    },
  },
} as const

export const UpdateSessionRequest = {
  type: 'object',
  properties: {
    ttl: {
      type: 'integer',
      minimum: 60,
      maximum: 28800,
      required: true,
    },
  },
} as const

export const SessionStatus = {
  type: 'string',
  enum: ['running', 'paused'],
} as const

export const Session = {
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
    resources: {
      type: 'object',
      schema: 'Resources',
      required: false,
    },
    network: {
      type: 'object',
      schema: 'Network',
      required: false,
    },
  },
} as const

export const SessionMetrics = {
  type: 'object',
  properties: {
    cpuSeconds: {
      type: 'number',
      minimum: 0,
      required: true,
    },
    memoryBytes: {
      type: 'integer',
      format: 'int64',
      minimum: 0,
      required: true,
    },
    memoryLimitBytes: {
      type: 'integer',
      format: 'int64',
      minimum: 0,
      required: false,
    },
    diskBytes: {
      type: 'integer',
      format: 'int64',
      minimum: 0,
      required: true,
    },
    diskLimitBytes: {
      type: 'integer',
      format: 'int64',
      minimum: 0,
      required: false,
    },
    processes: {
      type: 'integer',
      minimum: 0,
      required: true,
    },
    at: {
      type: 'string',
      format: 'date-time',
      required: true,
    },
  },
} as const

export const SessionList = {
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
} as const

export const CommandRequest = {
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
} as const

export const CodeLanguage = {
  type: 'string',
  enum: ['python', 'javascript', 'bash'],
} as const

export const CodeRequest = {
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
} as const

export const CommandStatus = {
  type: 'string',
  enum: ['completed', 'failed', 'timeout'],
} as const

export const CommandResult = {
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
} as const

export const OutputEvent = {
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
} as const

export const CommandEventStream = {
  type: 'string',
} as const

export const FileMode = {
  type: 'string',
  pattern: '^0?[0-7]{3}$',
} as const

export const FileType = {
  type: 'string',
  enum: ['file', 'directory', 'symlink'],
} as const

export const FileInfo = {
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
} as const

export const FileList = {
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
} as const

export const FileUpload = {
  type: 'object',
  properties: {
    file: {
      type: 'string',
      required: true,
    },
  },
} as const

export const BinaryContent = {
  type: 'string',
} as const

export const TextContent = {
  type: 'string',
} as const

export const Health = {
  type: 'object',
  properties: {
    status: {
      type: 'string',
      enum: ['healthy'],
      required: true,
    },
  },
} as const

export const KnownErrorCode = {
  type: 'string',
  enum: [
    'INVALID_PARAMETER',
    'IMAGE_NOT_AVAILABLE',
    'RESOURCE_NOT_AVAILABLE',
    'NETWORK_NOT_ALLOWED',
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
} as const

export const ErrorCode = {} as const

export const ErrorDetails = {
  type: 'object',
} as const

export const Error = {
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
} as const

// Written by `npm run generate` from sandbox-api-spec.yaml. Do not edit.

/** How each operation is called: its method, its path, and the body that it answers, where that is JSON. */
export const routes = {
  createSession: ['POST', '/sessions', 'Session'],
  listSessions: ['GET', '/sessions', 'SessionList'],
  getSession: ['GET', '/sessions/{sessionId}', 'Session'],
  updateSession: ['PATCH', '/sessions/{sessionId}', 'Session'],
  deleteSession: ['DELETE', '/sessions/{sessionId}'],
  getSessionMetrics: ['GET', '/sessions/{sessionId}/metrics', 'SessionMetrics'],
  pauseSession: ['POST', '/sessions/{sessionId}/pause', 'Session'],
  resumeSession: ['POST', '/sessions/{sessionId}/resume', 'Session'],
  executeCommand: ['POST', '/sessions/{sessionId}/commands', 'CommandResult'],
  executeCode: ['POST', '/sessions/{sessionId}/code', 'CommandResult'],
  uploadFile: ['POST', '/sessions/{sessionId}/files', 'FileInfo'],
  downloadFile: ['GET', '/sessions/{sessionId}/files'],
  deleteFile: ['DELETE', '/sessions/{sessionId}/files'],
  listFiles: ['GET', '/sessions/{sessionId}/files/list', 'FileList'],
  statFile: ['GET', '/sessions/{sessionId}/files/stat', 'FileInfo'],
  healthCheck: ['GET', '/health', 'Health'],
} as const

/** What is in these bodies: the type of each field, or in brackets the body of each entry; with ? a field that may be missing. */
export const answers = {
  Session: {
    sessionId: 'string',
    status: 'string',
    createdAt: 'date-time',
    expiresAt: 'date-time',
    'lastActivityAt?': 'date-time',
    'metadata?': 'object',
    'image?': 'string',
    'engine?': 'string',
    'resources?': 'Resources',
    'network?': 'Network',
  },
  Resources: {
    'cpu?': 'number',
    'memoryMb?': 'integer',
    'diskMb?': 'integer',
    'processes?': 'integer',
  },
  Network: {
    allow: 'string[]',
  },
  SessionList: {
    sessions: ['Session'],
    total: 'integer',
    limit: 'integer',
    offset: 'integer',
  },
  SessionMetrics: {
    cpuSeconds: 'number',
    memoryBytes: 'integer',
    'memoryLimitBytes?': 'integer',
    diskBytes: 'integer',
    'diskLimitBytes?': 'integer',
    processes: 'integer',
    at: 'date-time',
  },
  CommandResult: {
    status: 'string',
    exitCode: 'integer|null',
    'stdout?': 'string',
    'stderr?': 'string',
    'encoding?': 'string',
    'truncated?': 'boolean',
    'durationMs?': 'integer',
  },
  FileInfo: {
    name: 'string',
    path: 'string',
    type: 'string',
    size: 'integer',
    'permissions?': 'string',
    'createdAt?': 'date-time',
    'modifiedAt?': 'date-time',
    'checksum?': 'string',
  },
  FileList: {
    files: ['FileInfo'],
    total: 'integer',
    limit: 'integer',
    offset: 'integer',
  },
  Health: {
    status: 'string',
  },
} as const

/** The limits and defaults of the numbers that an operation takes. */
export const limits = {
  createSession: {
    ttl: {
      minimum: 60,
      maximum: 28800,
      default: 3600,
    },
  },
  listSessions: {
    limit: {
      minimum: 1,
      maximum: 100,
      default: 50,
    },
    offset: {
      minimum: 0,
      default: 0,
    },
  },
  updateSession: {
    ttl: {
      minimum: 60,
      maximum: 28800,
    },
  },
  executeCommand: {
    timeout: {
      minimum: 1,
      maximum: 300,
      default: 60,
    },
  },
  executeCode: {
    timeout: {
      minimum: 1,
      maximum: 300,
      default: 60,
    },
  },
  listFiles: {
    limit: {
      minimum: 1,
      maximum: 1000,
      default: 200,
    },
    offset: {
      minimum: 0,
      default: 0,
    },
  },
} as const

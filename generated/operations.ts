// Written by `npm run generate` from sandbox-api-spec.yaml. Do not edit.

export const createSession = {
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
} as const

export const listSessions = {
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
} as const

export const getSession = {
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
} as const

export const updateSession = {
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
} as const

export const deleteSession = {
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
} as const

export const getSessionMetrics = {
  method: 'GET',
  path: '/sessions/{sessionId}/metrics',
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
} as const

export const pauseSession = {
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
} as const

export const resumeSession = {
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
} as const

export const executeCommand = {
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
} as const

export const executeCode = {
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
} as const

export const uploadFile = {
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
} as const

export const downloadFile = {
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
} as const

export const deleteFile = {
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
} as const

export const listFiles = {
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
} as const

export const statFile = {
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
} as const

export const healthCheck = {
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
} as const

// Written by `npm run generate` from sandbox-api-spec.yaml. Do not edit.

export interface paths {
  '/sessions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List the user's sessions
     * @description Answers one page of the authenticated user's live sessions, oldest first.
     */
    get: operations['listSessions']
    put?: never
    /**
     * Create a session
     * @description Starts a new isolated sandbox. The body may be left out: every property has a default.
     */
    post: operations['createSession']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/sessions/{sessionId}': {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    /** Get a session */
    get: operations['getSession']
    put?: never
    post?: never
    /**
     * Delete a session
     * @description Ends every process of the session and removes every file in it.
     */
    delete: operations['deleteSession']
    options?: never
    head?: never
    /**
     * Extend or shorten a session
     * @description Sets a new time to live, counted from now.
     */
    patch: operations['updateSession']
    trace?: never
  }
  '/sessions/{sessionId}/metrics': {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    /**
     * Get what a session uses
     * @description Answers what the processes and files of the session use at the moment, and what they may use where there is a bound.
     */
    get: operations['getSessionMetrics']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/sessions/{sessionId}/pause': {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Pause a session
     * @description Stops every process of the session where it stands. The time to live runs on; files stay within reach.
     */
    post: operations['pauseSession']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/sessions/{sessionId}/resume': {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    get?: never
    put?: never
    /** Resume a paused session */
    post: operations['resumeSession']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/sessions/{sessionId}/commands': {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Run a shell command
     * @description Runs the command through a shell. A command that exits 0 is `completed`, any other exit is `failed`. One that
     *     outlives its `timeout` is killed with all its descendants and answers 200 with status `timeout`, `exitCode` null
     *     and the output so far. SIGTERM comes first, and SIGKILL after two seconds at the most, so that a trap can run; what it
     *     writes is part of the output. With `Accept: text/event-stream` the output arrives while the command runs; closing the
     *     connection kills the command.
     */
    post: operations['executeCommand']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/sessions/{sessionId}/code': {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Run code
     * @description Runs the code with the language's interpreter. The result, the timeout and the event stream are those of
     *     executeCommand.
     */
    post: operations['executeCode']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/sessions/{sessionId}/files': {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    /**
     * Download a file
     * @description Answers the bytes of a file, or one range of them. `If-Range` with the `ETag` of an earlier answer makes sure that the
     *     parts belong together: when the file has changed, the whole of it is answered with 200.
     */
    get: operations['downloadFile']
    put?: never
    /**
     * Upload a file
     * @description Writes one file, making its parent directories. A file that exists is replaced only with `overwrite=true`.
     */
    post: operations['uploadFile']
    /**
     * Delete a file or directory
     * @description Removes a file, a symbolic link (never what it points to), or a directory; one that is not empty only with
     *     `recursive=true`.
     */
    delete: operations['deleteFile']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/sessions/{sessionId}/files/list': {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    /**
     * List files
     * @description Answers one page of the entries below a directory, sorted by path. Symbolic links are listed and never followed.
     */
    get: operations['listFiles']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/sessions/{sessionId}/files/stat': {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    /**
     * Describe a file or directory
     * @description Answers what is at a path. A symbolic link is described itself, not what it points to.
     */
    get: operations['statFile']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/health': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Tell whether the service works
     * @description Answers 503 from the moment that the service takes no new work, because it is shutting down.
     */
    get: operations['healthCheck']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    /**
     * Format: uuid
     * @description A UUID of any version.
     */
    SessionId: string
    /** @description Printable ASCII without spaces. */
    RequestId: string
    /** @description Time to live in seconds. */
    Ttl: number
    /**
     * @description Seconds after which the command is killed with all its descendants.
     * @default 60
     */
    Timeout: number
    /** @description Environment variables, added to those that the sandbox sets. */
    Environment: {
      [key: string]: string
    }
    /** @description The working directory, relative to the sandbox root, which is the default. */
    WorkingDirectory: string
    /**
     * @description How bytes stand in JSON: `utf-8` as text, in which what is not UTF-8 becomes U+FFFD; `base64` (RFC 4648, section 4, with
     *     padding) exact to the byte.
     * @enum {string}
     */
    Encoding: 'utf-8' | 'base64'
    /** @description What the process reads from its standard input, followed by the end of input. */
    StandardInput: string
    /**
     * @description Free data of the caller's, kept with the session and answered unchanged. Any name is a property like others, `__proto__`
     *     and `constructor` too. A server may bound its size and depth, and refuses what is larger with `INVALID_PARAMETER`.
     */
    Metadata: {
      [key: string]: unknown
    }
    CreateSessionRequest: {
      /**
       * @description Time to live in seconds. From 60 to 28800.
       * @default 3600
       */
      ttl?: components['schemas']['Ttl']
      /** @description What the sandbox is made from, for example `python:3.11`. The server decides which it has. */
      image?: string
      /**
       * @description Free data of the caller's, kept with the session and answered unchanged. Any name is a property like others, `__proto__`
       *     and `constructor` too. A server may bound its size and depth, and refuses what is larger with `INVALID_PARAMETER`.
       */
      metadata?: components['schemas']['Metadata']
      /**
       * @description What all processes and files of the session may use together. What is left out is the server's choice. What the server
       *     can't bound is refused with `RESOURCE_NOT_AVAILABLE`, never ignored.
       */
      resources?: components['schemas']['Resources']
      /** @description What the processes of the session may reach. Without it, they have no network. */
      network?: components['schemas']['Network']
    }
    /**
     * @description What all processes and files of the session may use together. What is left out is the server's choice. What the server
     *     can't bound is refused with `RESOURCE_NOT_AVAILABLE`, never ignored.
     */
    Resources: {
      /** @description Processors, also fractions of one. From 0.1 to 64. */
      cpu?: number
      /** @description Memory in MiB, what the files in `/tmp` take of it included. From 64 to 1048576. */
      memoryMb?: number
      /** @description Disk for files in MiB. From 16 to 16777216. */
      diskMb?: number
      /** @description Processes and threads at once. From 1 to 4194304. */
      processes?: number
    }
    /** @description What the processes of the session may reach. Without it, they have no network. */
    Network: {
      /**
       * @description Host names, `*.example.com` for every name below a domain, `*` for every host, each also with a port, as in
       *     `example.com:8443`; without one, the ports 80 and 443. They are reached through the proxy that the environment of each process names
       *     (`HTTP_PROXY` and its kin), and never at an address of the server's own machine or private network. What the server's
       *     operator has not allowed is refused with `NETWORK_NOT_ALLOWED`. An empty list allows nothing.
       */
      allow: string[]
    }
    UpdateSessionRequest: {
      /** @description The session expires this many seconds from now. From 60 to 28800. */
      ttl: components['schemas']['Ttl']
    }
    /** @enum {string} */
    SessionStatus: 'running' | 'paused'
    Session: {
      /** @description A UUID of any version. */
      sessionId: components['schemas']['SessionId']
      status: components['schemas']['SessionStatus']
      /** Format: date-time */
      createdAt: string
      /**
       * Format: date-time
       * @description When the session ends by itself.
       */
      expiresAt: string
      /**
       * Format: date-time
       * @description When something last ran in the session or moved a file.
       */
      lastActivityAt?: string
      /**
       * @description Free data of the caller's, kept with the session and answered unchanged. Any name is a property like others, `__proto__`
       *     and `constructor` too. A server may bound its size and depth, and refuses what is larger with `INVALID_PARAMETER`.
       */
      metadata?: components['schemas']['Metadata']
      /**
       * @description What the session runs on, as the server names it. It need not be the name that was asked for: an image may stand
       *     for less than it says, as with an engine that has the host's interpreters only.
       */
      image?: string
      /** @description What isolates the session, for example `bubblewrap`. */
      engine?: string
      /** @description The limits that hold, the server's own included. What is left out has no limit. */
      resources?: components['schemas']['Resources']
      /** @description What the session may really reach. */
      network?: components['schemas']['Network']
    }
    SessionMetrics: {
      /** @description Processor time that the processes of the session have used since its sandbox was started. At least 0. */
      cpuSeconds: number
      /**
       * Format: int64
       * @description Memory that they hold. At least 0.
       */
      memoryBytes: number
      /**
       * Format: int64
       * @description Memory that they may hold. Left out when there is no bound. At least 0.
       */
      memoryLimitBytes?: number
      /**
       * Format: int64
       * @description Disk that the files of the session take. At least 0.
       */
      diskBytes: number
      /**
       * Format: int64
       * @description Disk that they may take. Left out when there is no bound. At least 0.
       */
      diskLimitBytes?: number
      /** @description Processes and threads of the session. At least 0. */
      processes: number
      /**
       * Format: date-time
       * @description When this was so.
       */
      at: string
    }
    SessionList: {
      sessions: components['schemas']['Session'][]
      /** @description How many sessions there are in all. At least 0. */
      total: number
      /** @description At least 1. */
      limit: number
      /** @description At least 0. */
      offset: number
    }
    CommandRequest: {
      /** @description A shell command line. */
      command: string
      /**
       * @description Seconds after which the command is killed with all its descendants. From 1 to 300.
       * @default 60
       */
      timeout?: components['schemas']['Timeout']
      /** @description Environment variables, added to those that the sandbox sets. */
      env?: components['schemas']['Environment']
      /** @description The working directory, relative to the sandbox root, which is the default. */
      cwd?: components['schemas']['WorkingDirectory']
      /** @description What the process reads from its standard input, followed by the end of input. */
      stdin?: components['schemas']['StandardInput']
      /**
       * @description How `stdin` stands in the request. Servers before 1.2.0 take it for text, whatever this says.
       * @default utf-8
       */
      stdinEncoding?: components['schemas']['Encoding']
      /**
       * @description How the output is to stand in the answer. Servers before 1.2.0 answer text, whatever this says.
       * @default utf-8
       */
      encoding?: components['schemas']['Encoding']
    }
    /** @enum {string} */
    CodeLanguage: 'python' | 'javascript' | 'bash'
    CodeRequest: {
      /** @description The program text. */
      code: string
      /** @default python */
      language?: components['schemas']['CodeLanguage']
      /**
       * @description Seconds after which the command is killed with all its descendants. From 1 to 300.
       * @default 60
       */
      timeout?: components['schemas']['Timeout']
      /** @description Environment variables, added to those that the sandbox sets. */
      env?: components['schemas']['Environment']
      /** @description The working directory, relative to the sandbox root, which is the default. */
      cwd?: components['schemas']['WorkingDirectory']
      /** @description What the process reads from its standard input, followed by the end of input. */
      stdin?: components['schemas']['StandardInput']
      /**
       * @description How `stdin` stands in the request. Servers before 1.2.0 take it for text, whatever this says.
       * @default utf-8
       */
      stdinEncoding?: components['schemas']['Encoding']
      /**
       * @description How the output is to stand in the answer. Servers before 1.2.0 answer text, whatever this says.
       * @default utf-8
       */
      encoding?: components['schemas']['Encoding']
    }
    /** @enum {string} */
    CommandStatus: 'completed' | 'failed' | 'timeout'
    CommandResult: {
      status: components['schemas']['CommandStatus']
      /** @description Null when the command was killed at its timeout. */
      exitCode: number | null
      stdout?: string
      stderr?: string
      /** @description How stdout and stderr stand here. Missing, they are text. */
      encoding?: components['schemas']['Encoding']
      /**
       * @description True when the output was longer than the server keeps, and its end is missing. What is there as text ends with a
       *     whole character.
       */
      truncated?: boolean
      /** @description How long it ran, in milliseconds. At least 0. */
      durationMs?: number
    }
    OutputEvent: {
      /** @description The next piece of the output. */
      data: string
      /** @description How `data` stands here. Missing, it is text. In base64, each piece stands for itself, with its own padding. */
      encoding?: components['schemas']['Encoding']
    }
    /**
     * @description Events `stdout` and `stderr` carry an OutputEvent. Exactly one `exit` (a CommandResult whose stdout and stderr are
     *     empty) or one `error` (an Error) ends the stream. A comment line every 15 seconds keeps proxies from closing it.
     */
    CommandEventStream: string
    /** @description Permissions of the owner, the group and others, in octal. */
    FileMode: string
    /** @enum {string} */
    FileType: 'file' | 'directory' | 'symlink'
    FileInfo: {
      name: string
      /** @description Relative to the sandbox root. */
      path: string
      type: components['schemas']['FileType']
      /**
       * Format: int64
       * @description Bytes. At least 0.
       */
      size: number
      /** @description Like `rw-r--r--`. */
      permissions?: string
      /** Format: date-time */
      createdAt?: string
      /** Format: date-time */
      modifiedAt?: string
      /** @description MD5 of the content, in hex. */
      checksum?: string
    }
    FileList: {
      files: components['schemas']['FileInfo'][]
      /** @description How many entries there are in all. At least 0. */
      total: number
      /** @description At least 1. */
      limit: number
      /** @description At least 0. */
      offset: number
    }
    FileUpload: {
      /** @description Any bytes. */
      file: components['schemas']['BinaryContent']
    }
    /** @description Any bytes. */
    BinaryContent: Blob
    /** @description The text of a file. */
    TextContent: string
    Health: {
      /** @enum {string} */
      status: 'healthy'
    }
    /**
     * @description `NOT_FOUND` (404) and `METHOD_NOT_ALLOWED` (405) answer requests that name no operation at all: a path that the API
     *     does not have, or a method that its path does not take.
     *
     *     A request that cannot be read as one is answered with `INVALID_PARAMETER` (400; 431 when its headers are too long), one that
     *     does not arrive in time with `REQUEST_TIMEOUT` (408), whatever it was to be.
     * @enum {string}
     */
    KnownErrorCode:
      | 'INVALID_PARAMETER'
      | 'IMAGE_NOT_AVAILABLE'
      | 'RESOURCE_NOT_AVAILABLE'
      | 'NETWORK_NOT_ALLOWED'
      | 'UNAUTHORIZED'
      | 'SESSION_NOT_FOUND'
      | 'FILE_NOT_FOUND'
      | 'NOT_FOUND'
      | 'METHOD_NOT_ALLOWED'
      | 'REQUEST_TIMEOUT'
      | 'INVALID_STATE'
      | 'SESSION_PAUSED'
      | 'FILE_EXISTS'
      | 'DIRECTORY_NOT_EMPTY'
      | 'IDEMPOTENCY_CONFLICT'
      | 'FILE_TOO_LARGE'
      | 'QUOTA_EXCEEDED'
      | 'RANGE_NOT_SATISFIABLE'
      | 'IDEMPOTENCY_KEY_REUSED'
      | 'RATE_LIMITED'
      | 'INTERNAL_ERROR'
      | 'CAPACITY_EXCEEDED'
    /** @description One of the known codes, or one that a later version adds. */
    ErrorCode: components['schemas']['KnownErrorCode'] | string
    /** @description Free data about the error, for a program. */
    ErrorDetails: {
      [key: string]: unknown
    }
    Error: {
      /** @description One of the known codes, or one that a later version adds. */
      error: components['schemas']['ErrorCode']
      /** @description What went wrong and what to do, for a person. */
      message: string
      /** @description Free data about the error, for a program. */
      details?: components['schemas']['ErrorDetails']
      /** Format: date-time */
      timestamp?: string
      /** @description The id of the request; the same as in the header X-Request-Id. */
      requestId?: string
    }
  }
  responses: {
    /** @description The session. */
    Session: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Session']
      }
    }
    /** @description The command ended, or its output arrives as an event stream. */
    CommandResult: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['CommandResult']
        'text/event-stream': components['schemas']['CommandEventStream']
      }
    }
    /** @description A parameter or property is missing, malformed or out of its range. */
    InvalidParameter: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
    /** @description The credentials are missing, wrong or expired. */
    Unauthorized: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
    /** @description No live session of this user has that id. */
    SessionNotFound: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
    /** @description No live session of this user has that id, or nothing is at that path. */
    SessionOrFileNotFound: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
    /** @description A gateway gave up waiting. The command may still run. */
    RequestTimeout: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
    /** @description The session is not in a state that allows this. */
    InvalidState: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
    /**
     * @description The session is paused and nothing can be started in it, or its sandbox ended by itself under the command
     *     (`INVALID_STATE`): then the command is lost, the files are there, and the next call finds a new sandbox.
     */
    SessionPaused: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
    /** @description The body is larger than the server takes. */
    BodyTooLarge: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
    /** @description Too many requests in the current window. */
    RateLimited: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
        'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
        'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
        'Retry-After': components['headers']['Retry-After']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
    /** @description The service failed. */
    InternalError: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
    /**
     * @description The service has no room at the moment, for a session or for a running command, its machine lacks something, as when
     *     its disk is full, or it is shutting down. With `Retry-After` nothing was started, and the same request may be sent
     *     again; without it, what ran was cut off.
     */
    ServiceUnavailable: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        'Retry-After': components['headers']['Retry-After']
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
  }
  parameters: {
    /**
     * @description The id that createSession answered.
     * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
     */
    SessionId: components['schemas']['SessionId']
    /**
     * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
     * @example 0f8d1c2e-req
     */
    RequestId: components['schemas']['RequestId']
    /**
     * @description One key per logical call, of the caller's own making; users do not share keys. Within 24 hours of the first success
     *     the same key with the same body creates nothing: it answers the first session as it is now, or, when that has ended,
     *     as it was created. Bodies are the same when they ask for the same, whatever their spelling and defaults.
     *
     *     While the first call is in flight the answer is 409 `IDEMPOTENCY_CONFLICT`; with another body it is 422
     *     `IDEMPOTENCY_KEY_REUSED`. A call that failed leaves its key free. At most 255 characters.
     * @example 3c1f0a52-8f7e-4b53-9d0e-6a2b8c4d1e0f
     */
    IdempotencyKey: string
    /**
     * @description How many entries to skip. At least 0.
     * @default 0
     */
    Offset: number
    /**
     * @description The path, relative to the sandbox root.
     * @example data/input.csv
     */
    FilePath: string
    /**
     * @description The bytes that are wanted, as one range.
     * @example bytes=10-
     */
    Range: string
    /**
     * @description The `ETag` that the range is a part of.
     * @example "18-19a2b3c4d5e"
     */
    IfRange: string
    /**
     * @description Include everything below the directory.
     * @default false
     */
    Recursive: boolean
  }
  requestBodies: never
  headers: {
    /**
     * @description The id of this request; the caller's own when it sent one. At most 128 characters.
     * @example 0f8d1c2e-req
     */
    'X-Request-Id': components['schemas']['RequestId']
    /**
     * @description Tells one content of the file from another.
     * @example "18-19a2b3c4d5e"
     */
    ETag: string
    /**
     * @description Ranges are counted in bytes.
     * @example bytes
     */
    'Accept-Ranges': 'bytes'
    /**
     * @description Requests allowed in the current window. At least 0.
     * @example 100
     */
    'X-RateLimit-Limit': number
    /**
     * @description Requests left in the current window. At least 0.
     * @example 0
     */
    'X-RateLimit-Remaining': number
    /**
     * @description When the window ends, in Unix seconds. At least 0.
     * @example 1795345200
     */
    'X-RateLimit-Reset': number
    /**
     * @description When to try again, as a number of seconds or an HTTP date.
     * @example 30
     */
    'Retry-After': string
  }
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  listSessions: {
    parameters: {
      query?: {
        /**
         * @description The largest number of sessions in the page. From 1 to 100.
         * @default 50
         */
        limit?: number
        /**
         * @description How many entries to skip. At least 0.
         * @default 0
         */
        offset?: components['parameters']['Offset']
      }
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of sessions. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SessionList']
        }
      }
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  createSession: {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
        /**
         * @description One key per logical call, of the caller's own making; users do not share keys. Within 24 hours of the first success
         *     the same key with the same body creates nothing: it answers the first session as it is now, or, when that has ended,
         *     as it was created. Bodies are the same when they ask for the same, whatever their spelling and defaults.
         *
         *     While the first call is in flight the answer is 409 `IDEMPOTENCY_CONFLICT`; with another body it is 422
         *     `IDEMPOTENCY_KEY_REUSED`. A call that failed leaves its key free. At most 255 characters.
         * @example 3c1f0a52-8f7e-4b53-9d0e-6a2b8c4d1e0f
         */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path?: never
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['CreateSessionRequest']
      }
    }
    responses: {
      200: components['responses']['Session']
      /**
       * @description A property is missing, malformed or out of its range, the image is not available, or the server can't keep a limit or
       *     may not open the network that was asked for.
       */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Error']
        }
      }
      401: components['responses']['Unauthorized']
      /** @description A call with the same Idempotency-Key is still in flight. It is worth trying again. */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Error']
        }
      }
      413: components['responses']['BodyTooLarge']
      /** @description The Idempotency-Key was used within the last 24 hours with another body. */
      422: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Error']
        }
      }
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getSession: {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: components['responses']['Session']
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionNotFound']
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteSession: {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The session is gone. A body is not needed and is ignored. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionNotFound']
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  updateSession: {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['UpdateSessionRequest']
      }
    }
    responses: {
      200: components['responses']['Session']
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionNotFound']
      413: components['responses']['BodyTooLarge']
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getSessionMetrics: {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description What the session uses. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SessionMetrics']
        }
      }
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionNotFound']
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  pauseSession: {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: components['responses']['Session']
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionNotFound']
      409: components['responses']['InvalidState']
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  resumeSession: {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: components['responses']['Session']
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionNotFound']
      409: components['responses']['InvalidState']
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  executeCommand: {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['CommandRequest']
      }
    }
    responses: {
      200: components['responses']['CommandResult']
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionNotFound']
      408: components['responses']['RequestTimeout']
      409: components['responses']['SessionPaused']
      413: components['responses']['BodyTooLarge']
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  executeCode: {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['CodeRequest']
      }
    }
    responses: {
      200: components['responses']['CommandResult']
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionNotFound']
      408: components['responses']['RequestTimeout']
      409: components['responses']['SessionPaused']
      413: components['responses']['BodyTooLarge']
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  downloadFile: {
    parameters: {
      query: {
        /**
         * @description The path, relative to the sandbox root.
         * @example data/input.csv
         */
        filePath: components['parameters']['FilePath']
      }
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
        /**
         * @description The bytes that are wanted, as one range.
         * @example bytes=10-
         */
        Range?: components['parameters']['Range']
        /**
         * @description The `ETag` that the range is a part of.
         * @example "18-19a2b3c4d5e"
         */
        'If-Range'?: components['parameters']['IfRange']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The bytes of the file. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          /**
           * @description `attachment` with the name of the file.
           * @example attachment; filename="input.csv"
           */
          'Content-Disposition'?: string
          /**
           * @description The size of the file in bytes. At least 0.
           * @example 18
           */
          'Content-Length'?: number
          ETag: components['headers']['ETag']
          'Accept-Ranges': components['headers']['Accept-Ranges']
          [name: string]: unknown
        }
        content: {
          'application/octet-stream': components['schemas']['BinaryContent']
          'text/plain': components['schemas']['TextContent']
        }
      }
      /** @description The range of bytes that was asked for. */
      206: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          /**
           * @description `attachment` with the name of the file.
           * @example attachment; filename="input.csv"
           */
          'Content-Disposition'?: string
          /**
           * @description The size of the range in bytes. At least 0.
           * @example 8
           */
          'Content-Length'?: number
          /**
           * @description Which bytes these are, and how many there are in all.
           * @example bytes 10-17/18
           */
          'Content-Range'?: string
          ETag: components['headers']['ETag']
          'Accept-Ranges': components['headers']['Accept-Ranges']
          [name: string]: unknown
        }
        content: {
          'application/octet-stream': components['schemas']['BinaryContent']
        }
      }
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionOrFileNotFound']
      /** @description The file has no byte in that range. */
      416: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          /**
           * @description How many bytes there are.
           * @example bytes *\/18
           */
          'Content-Range'?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Error']
        }
      }
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  uploadFile: {
    parameters: {
      query?: {
        /**
         * @description Destination, relative to the sandbox root. Left out of a multipart upload, it is the file name of the part.
         * @example data/input.csv
         */
        path?: string
        /**
         * @description Replace a file that exists.
         * @default false
         */
        overwrite?: boolean
        /**
         * @description The permissions of the file in octal, like `755`. Left out, a file that is replaced keeps its own, and a new one gets
         *     those that the server gives. Servers before 1.2.0 ignore it: `permissions` in the answer says what holds.
         * @example 755
         */
        mode?: components['schemas']['FileMode']
      }
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'multipart/form-data': components['schemas']['FileUpload']
        'application/octet-stream': components['schemas']['BinaryContent']
      }
    }
    responses: {
      /** @description The file was written. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FileInfo']
        }
      }
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionNotFound']
      /**
       * @description A file is already at that path and `overwrite` was not set, or a directory is; or the sandbox ended by itself
       *     meanwhile (`INVALID_STATE`).
       */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Error']
        }
      }
      /** @description The file is larger than the server takes, or than what is left of the session's disk quota. */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Error']
        }
      }
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteFile: {
    parameters: {
      query: {
        /**
         * @description The path, relative to the sandbox root.
         * @example data/input.csv
         */
        filePath: components['parameters']['FilePath']
        /**
         * @description Include everything below the directory.
         * @default false
         */
        recursive?: components['parameters']['Recursive']
      }
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description It is gone. */
      204: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionOrFileNotFound']
      /**
       * @description The directory is not empty and `recursive` was not set; or the sandbox ended by itself meanwhile
       *     (`INVALID_STATE`).
       */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Error']
        }
      }
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  listFiles: {
    parameters: {
      query?: {
        /**
         * @description The directory, relative to the sandbox root.
         * @default .
         * @example data
         */
        path?: string
        /**
         * @description Include everything below the directory.
         * @default false
         */
        recursive?: components['parameters']['Recursive']
        /**
         * @description The largest number of entries in the page. From 1 to 1000.
         * @default 200
         */
        limit?: number
        /**
         * @description How many entries to skip. At least 0.
         * @default 0
         */
        offset?: components['parameters']['Offset']
      }
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of entries. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FileList']
        }
      }
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionOrFileNotFound']
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  statFile: {
    parameters: {
      query: {
        /**
         * @description The path, relative to the sandbox root.
         * @example data/input.csv
         */
        filePath: components['parameters']['FilePath']
        /**
         * @description Include the checksum of a file. The whole file is read for it.
         * @default false
         */
        checksum?: boolean
      }
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path: {
        /**
         * @description The id that createSession answered.
         * @example 7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f
         */
        sessionId: components['parameters']['SessionId']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description What is at the path. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FileInfo']
        }
      }
      400: components['responses']['InvalidParameter']
      401: components['responses']['Unauthorized']
      404: components['responses']['SessionOrFileNotFound']
      429: components['responses']['RateLimited']
      500: components['responses']['InternalError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  healthCheck: {
    parameters: {
      query?: never
      header?: {
        /**
         * @description An id of the caller's own for this request. The response and its Error carry the same one. At most 128 characters.
         * @example 0f8d1c2e-req
         */
        'X-Request-Id'?: components['parameters']['RequestId']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The service works. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Health']
        }
      }
      429: components['responses']['RateLimited']
      503: components['responses']['ServiceUnavailable']
    }
  }
}

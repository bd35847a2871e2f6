import type { Limits } from 'sandbox-sessions-server'

/** So small that every one of them is met. */
export const fuzzLimits = {
  maxSessions: 4,
  requestsPerMinute: 60,
  failedLoginsPerMinute: 8,
  maxBodyBytes: 100_000,
  maxFileBytes: 60_000,
  maxDiskBytes: 300_000,
  maxOutputBytes: 50_000,
  maxHeaderBytes: 16 * 1024,
  bodyIdleTimeoutMs: 5_000,
} satisfies Partial<Limits>

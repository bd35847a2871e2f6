import type {
  DescribedFile,
  FileContent,
  FilePage,
  ReadOptions,
  WriteOptions,
  WrittenFile,
} from '../engines/contract/files.js'
import type { SandboxMetrics } from '../engines/contract/engine.js'
import { IsADirectoryError } from '../engines/contract/errors.js'
import { DiskAccount } from './disk-account.js'
import { ContentTooLargeError, DirectoryInTheWayError } from './errors.js'
import type { LiveSession } from './live-session.js'
import { MeasuredContent } from './measured.js'
import type { Sessions } from './sessions.js'

export interface SessionMetrics extends SandboxMetrics {
  readonly diskBytes: number
  readonly diskLimitBytes: number
  /** Undefined when there is no bound. */
  readonly memoryLimitBytes: number | undefined
}

/** Files of sessions. Each method throws what the engine contract says for it, and what {@link Sessions.use} does. */
export class FileService {
  readonly #accounts = new WeakMap<LiveSession, DiskAccount>()

  constructor(
    private readonly sessions: Sessions,
    private readonly options: {
      /** The longest content of one upload, in bytes. */
      readonly maxFileBytes: number
      /** The most that the files of one session may take, in bytes, for another upload to be accepted. */
      readonly maxDiskBytes: number
    },
  ) {}

  /**
   * @param options.size Bytes of the content, where they are known before it comes.
   * @throws {ContentTooLargeError} @throws {QuotaExceededError} and leaves the old file, or none.
   * @throws {DirectoryInTheWayError} @throws {ShuttingDownError}
   */
  async write(
    owner: string,
    id: string,
    path: string,
    content: AsyncIterable<Uint8Array>,
    options: WriteOptions & { readonly size?: number | undefined },
  ): Promise<WrittenFile> {
    this.sessions.assertOpen()
    const { overwrite, mode, size = 0 } = options
    const { maxFileBytes } = this.options
    if (size > maxFileBytes) throw new ContentTooLargeError(maxFileBytes)
    return await this.sessions.use(owner, id, async (session) => {
      session.touch()
      const reservation = await this.#accountOf(session).reserve(size)
      const measured = new MeasuredContent(content, (bytes) => {
        if (bytes > maxFileBytes) throw new ContentTooLargeError(maxFileBytes)
        reservation.grow(bytes)
      })
      let bytes = 0
      try {
        const written = await session.sandbox.files.write(path, measured, { overwrite, mode })
        bytes = written.size
        session.touch()
        return written
      } catch (error) {
        if (error instanceof IsADirectoryError) throw new DirectoryInTheWayError(error.message)
        throw measured.failure ?? error
      } finally {
        reservation.end(bytes)
      }
    })
  }

  read(owner: string, id: string, path: string, options: ReadOptions): Promise<FileContent> {
    return this.sessions.useRepeatably(owner, id, async (session) => {
      session.touch()
      return await session.sandbox.files.read(path, options)
    })
  }

  stat(owner: string, id: string, path: string, options: { checksum: boolean }): Promise<DescribedFile> {
    return this.sessions.useRepeatably(owner, id, (session) => session.sandbox.files.stat(path, options))
  }

  list(
    owner: string,
    id: string,
    path: string,
    options: { recursive: boolean; limit: number; offset: number },
  ): Promise<FilePage> {
    return this.sessions.useRepeatably(owner, id, (session) => session.sandbox.files.list(path, options))
  }

  remove(owner: string, id: string, path: string, options: { recursive: boolean }): Promise<void> {
    return this.sessions.use(owner, id, (session) => session.sandbox.files.remove(path, options))
  }

  /** What the processes and files of the session use, and what they may. */
  async metrics(owner: string, id: string): Promise<SessionMetrics> {
    return await this.sessions.useRepeatably(owner, id, async (session) => {
      const { sandbox } = session
      const [used, diskBytes] = await Promise.all([sandbox.metrics(), this.#accountOf(session).used()])
      const { memoryBytes: memoryLimitBytes, diskBytes: diskLimitBytes = this.options.maxDiskBytes } = sandbox.limits
      return { ...used, memoryLimitBytes, diskBytes, diskLimitBytes }
    })
  }

  #accountOf(session: LiveSession): DiskAccount {
    const known = this.#accounts.get(session)
    if (known) return known
    const account = new DiskAccount(this.options.maxDiskBytes, () => session.sandbox.diskUsage())
    this.#accounts.set(session, account)
    return account
  }
}

import type { FileContent, FilePage, WrittenFile } from '../engines/engine.js'
import { IsADirectoryError } from '../engines/errors.js'
import { ContentTooLargeError, DirectoryInTheWayError } from './errors.js'
import { LimitedContent } from './limited.js'
import type { Sessions } from './sessions.js'

/** Files of sessions. Each method throws what the engine contract says for it, and what {@link Sessions.use} does. */
export class SessionFiles {
  constructor(
    private readonly sessions: Sessions,
    private readonly options: {
      /** The longest content of one upload, in bytes. */
      readonly maxFileBytes: number
    },
  ) {}

  /**
   * @param options.size Bytes of the content, where they are known before it comes.
   * @throws {ContentTooLargeError} and leaves the old file, or none. @throws {DirectoryInTheWayError}
   * @throws {ShuttingDownError}
   */
  async write(
    owner: string,
    id: string,
    path: string,
    content: AsyncIterable<Uint8Array>,
    options: { overwrite: boolean; size?: number | undefined },
  ): Promise<WrittenFile> {
    this.sessions.assertOpen()
    const { overwrite, size = 0 } = options
    if (size > this.options.maxFileBytes) throw new ContentTooLargeError(this.options.maxFileBytes)
    const limited = new LimitedContent(content, this.options.maxFileBytes)
    return await this.sessions.use(owner, id, async (session) => {
      session.touch()
      try {
        const written = await session.sandbox.files.write(path, limited, { overwrite })
        session.touch()
        return written
      } catch (error) {
        if (error instanceof IsADirectoryError) throw new DirectoryInTheWayError(error.message)
        throw limited.failure ?? error
      }
    })
  }

  read(owner: string, id: string, path: string): Promise<FileContent> {
    return this.sessions.useRepeatably(owner, id, async (session) => {
      session.touch()
      return await session.sandbox.files.read(path)
    })
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
}

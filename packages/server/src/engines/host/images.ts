import { ImageNotAvailableError } from '../contract/errors.js'

/** Profiles that run on this machine's own interpreters, whatever their tag says. */
const imageProfiles = ['python', 'node', 'ubuntu', 'debian']
const hostImage = 'host'

/**
 * The image that really runs: this machine's own system. The tag that was asked for is dropped, since it means nothing here.
 *
 * @throws {ImageNotAvailableError}
 */
export function resolveHostImage(image: string | undefined): string {
  if (image === undefined || image === hostImage) return hostImage
  const [name = '', ...tag] = image.split(':')
  if (
    imageProfiles.includes(name) &&
    tag.length <= 1 &&
    tag.every((text) => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(text))
  ) {
    return `${hostImage}/${name}`
  }
  if (image.startsWith(`${hostImage}/`) && imageProfiles.includes(image.slice(hostImage.length + 1))) return image
  throw new ImageNotAvailableError(
    `This server runs sandboxes on its own machine's interpreters: image may be ${imageProfiles.map((profile) => `${profile}[:tag]`).join(', ')} or left out.`,
  )
}

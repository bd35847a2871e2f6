import { chromium, type Browser } from 'playwright-core'

/** Debian's package; `scripts/setup.sh` installs it. */
const executablePath = '/usr/bin/chromium'

/** It must talk to nobody but the page under test. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/**
 * Starts the Chromium of the system without a window, with a profile of its own that goes with it.
 *
 * @throws when there is none: a test that needs it fails then, and is not skipped.
 */
export async function startChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath, headless: true, args: quiet })
}

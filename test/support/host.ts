import { readFile, readdir } from 'node:fs/promises'

/** Ids of the processes on this machine whose command line holds the text. */
export async function processesWith(text: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // A process may end while it is being looked at.
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (commandLine.includes(text)) found.push(pid)
  }
  return found
}

/** Waits until a question about the host has the wanted answer; the test's own timeout ends a vain wait. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)))
/** A Chromium of this machine. */
export const program = [process.env.CHROMIUM_PATH ?? '', '/usr/bin/chromium', ...onPath].find(isProgram)
/** Behind the names of tests that are skipped without one. */
export const note = program ? '' : ' (skipped: there is no Chromium; set CHROMIUM_PATH to one)'

/** Without a sandbox, graphics, and requests of its own. */
export const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

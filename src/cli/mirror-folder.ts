import { statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { UsageError } from './failure.ts'

/**
 * The folder of `--mirror`: the one that is named, else ours in the folder that this system has for what can be made anew.
 *
 * @throws UsageError for a file: the option has taken what was meant for the command.
 */
export function mirrorFolder(named: string | true): string {
  if (named === true) return join(cacheFolder(process.platform, process.env, homedir()), 'millrace')
  if (isFile(named)) {
    throw new UsageError(`--mirror takes a folder, and ${named} is a file: write --mirror last, or --mirror=FOLDER`)
  }
  return named
}

/** What cannot be looked at is for the mirror to say. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** As each platform has it; a variable of XDG counts only as an absolute path, as its specification says. */
export function cacheFolder(
  platform: NodeJS.Platform,
  { XDG_CACHE_HOME, LOCALAPPDATA }: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME
  if (platform === 'win32') return LOCALAPPDATA || join(home, 'AppData', 'Local')
  return platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache')
}

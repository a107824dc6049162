// Runs before `npm start` and `npm test`: installs packages and builds dist when they are missing or out of date.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

function filesUnder(path) {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

/** Runs a step unless the note it left says that it ran with these files. */
function once(note, files, step) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update(readFileSync(file))
  const digest = hash.digest('hex')
  if (existsSync(note) && readFileSync(note, 'utf8') === digest) return
  step()
  mkdirSync(dirname(note), { recursive: true })
  writeFileSync(note, digest)
}

once('node_modules/.millrace-installed', ['package-lock.json'], () => {
  console.error('Installing packages (once) …')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
})

// Beside the packages' note: dist is published as it is.
if (!existsSync('dist/node.js')) rmSync('node_modules/.millrace-built', { force: true })
once(
  'node_modules/.millrace-built',
  ['package-lock.json', 'scripts/build.mjs', 'tsconfig.json', ...filesUnder('src')],
  () => {
    console.error('Building …')
    execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
  },
)

import { type ExecFileException, execFile, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { root } from '../support/shared-data.ts'

/** Where the bundlers are installed, and millrace as npm publishes it; or why not. */
export const { folder, note } = inject('consumers')
const bin = join(folder, 'node_modules/.bin')

const env: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH}`,
  NEXT_TELEMETRY_DISABLED: '1',
  CI: '1',
}
// vitest's own: those of the consumers must not take them over.
for (const name of ['NODE_ENV', 'NODE_OPTIONS', 'VITEST']) delete env[name]

/** Runs a command line in a folder; its output, or an error that has it. */
export async function run(command: string, cwd: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], { cwd, env, maxBuffer: 2 ** 26 })
    return stdout
  } catch (error) {
    const { stdout, stderr, message } = error as ExecFileException
    throw new Error([message, stdout, stderr].join('\n'))
  }
}

/** Starts a server in a folder, told a free port by PORT; resolves to its address once it has said that it is ready. */
export async function serveIn(command: string, cwd: string, ready: RegExp) {
  const probe = createServer().listen(0)
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  // A group of its own: some start others.
  const server = spawn('/bin/sh', ['-c', command], { cwd, env: { ...env, PORT: String(port) }, detached: true })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    const listen = (text: Buffer) => {
      said += text
      if (ready.test(said)) resolve()
    }
    server.stdout?.on('data', listen)
    server.stderr?.on('data', listen)
    server.once('exit', () => reject(new Error(`it ended: ${said}`)))
  })
  return { url: `http://127.0.0.1:${port}`, close: () => process.kill(-server.pid!) }
}

/** A folder beside the packages with some files. */
export function project(name: string, files: Iterable<readonly [string, string]>): string {
  const at = join(folder, name)
  for (const [path, text] of files) {
    mkdirSync(dirname(join(at, path)), { recursive: true })
    writeFileSync(join(at, path), text)
  }
  return at
}

/** What was built, moved to where no packages are. */
export function movedAway(built: string): string {
  const elsewhere = mkdtempSync(join(tmpdir(), 'millrace-built-'))
  cpSync(built, elsewhere, { recursive: true })
  away.push(elsewhere)
  return elsewhere
}

const away: string[] = []

export function removeAway() {
  for (const one of away) rmSync(one, { recursive: true, force: true })
}

/** A file of this folder. */
export function fixture(name: string): string {
  return readFileSync(join(root, 'test/consumers/fixtures', name), 'utf8')
}

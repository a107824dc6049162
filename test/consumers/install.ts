import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { root } from '../support/shared-data.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    consumers: { folder: string; note: string }
  }
}

const npm = async (args: string[], cwd: string) => {
  const { stdout } = await promisify(execFile)('npm', args, { cwd, shell: process.platform === 'win32' })
  return stdout
}

/** Installs the bundlers and millrace, once for all tests. */
export default async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-consumers-'))
  const [{ filename }] = JSON.parse(await npm(['pack', '--json', '--pack-destination', folder], root))
  cpSync(join(root, 'test/consumers/package.json'), join(folder, 'package.json'))
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  let note = ''
  try {
    await npm(['install', ...quiet, `./${filename}`], folder)
  } catch (error) {
    if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH/.test(String(error))) throw error
    note = ' (skipped: the registry cannot be reached)'
  }
  project.provide('consumers', { folder, note })
  return () => rmSync(folder, { recursive: true, force: true })
}

import { execFileSync } from 'node:child_process'

/** Brings dist up to date: tests of worker threads, of the command line and of the package run it. */
export default function setup() {
  execFileSync(process.execPath, ['scripts/prepare.mjs'], { stdio: 'inherit' })
}

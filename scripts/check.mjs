// Everything that must hold before a change lands, in one command. Stops at the first step that fails. `--tested` leaves out
// the tests: CI has run them on this tree, with coverage, by the command of the README.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const STEPS = [
  ['packages and build are up to date', 'node scripts/prepare.mjs'],
  ['format, lint, import rules', 'npm run --silent lint'],
  ['types', 'npm run --silent types'],
  ['Rust: format, lint, tests', 'npm run --silent test:rust'],
  ['generate changes nothing', 'npm run --silent generate && git diff --exit-code -- src/indicators src/domain'],
  [
    'WASM is rebuilt and is what is committed',
    'npm run --silent build:wasm && git diff --exit-code --stat -- src/wasm',
  ],
  ['benches run and their results are right', 'npm run --silent bench -- --check'],
  ['bundlers, test runners and types of others', 'npm run --silent test:consumers'],
  ...(process.argv.includes('--tested') ? [] : [['all tests, coverage', 'node scripts/test.mjs --coverage']]),
]

for (const [name, command] of STEPS) {
  console.log(`\n== ${name}`)
  try {
    execFileSync(command, { stdio: 'inherit', shell: '/bin/bash' })
  } catch {
    console.error(`\ncheck failed: ${name} (${command})`)
    process.exit(1)
  }
}

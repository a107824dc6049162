// Runs vitest with the arguments given, and says last, on a line of its own, how many tests passed and failed.
// `--consumers`: the tests that build with bundlers, which take minutes and install packages, instead of all others.
import { startVitest } from 'vitest/node'

const coverage = process.argv.includes('--coverage')
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const vitest = await startVitest('test', filters, {
  watch: false,
  ...(coverage && { coverage: { enabled: true } }),
  ...(process.argv.includes('--consumers') && { config: 'test/consumers/vitest.config.ts' }),
})

const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
for (const module of vitest.state.getTestModules()) {
  if (module.errors().length > 0) count.failed++
  for (const test of module.children.allTests()) count[test.result().state]++
}
count.failed += vitest.state.getUnhandledErrors().length
const exitCode = process.exitCode
await vitest.close()

const skipped = count.skipped + count.pending
console.log(`\n${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(count.failed > 0 || count.passed === 0 ? 1 : (exitCode ?? 0))

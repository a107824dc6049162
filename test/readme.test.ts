import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { transformSync } from 'esbuild'
import { expect, test } from 'vitest'

test("the README's example runs as it stands", () => {
  const [, example] = /```ts\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? []
  const file = 'dist/readme-example.mjs'
  writeFileSync(file, transformSync(example!, { loader: 'ts' }).code)
  try {
    const printed = execFileSync(process.execPath, [file], { encoding: 'utf8' })
    expect(printed).toMatch(/^[A-Z.]+ 2017-03-\d\d [\d.]+ \{/m)
    const [, matched, processed] = /(\d+) of (\d+) symbols/.exec(printed) ?? []
    expect(Number(processed)).toBe(2500)
    expect(Number(matched)).toBeGreaterThan(100)
  } finally {
    rmSync(file)
  }
})

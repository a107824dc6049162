import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { transformSync } from 'esbuild'
import { expect, test } from 'vitest'

test("the README's example runs as it stands, with nothing but the package", () => {
  const [, example] = /```ts\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? []
  const file = resolve('dist/readme-example.mjs')
  writeFileSync(file, transformSync(example!, { loader: 'ts' }).code)
  try {
    const printed = execFileSync(process.execPath, [file], { encoding: 'utf8', cwd: tmpdir() })
    expect(printed).toMatch(/^WAVE 202[34]-\d\d-\d\d [\d.]+ \{/m)
    expect(printed).toMatch(/^1 of 1 symbols$/m)
  } finally {
    rmSync(file)
  }
})

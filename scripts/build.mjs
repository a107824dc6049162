// Builds dist from src: JavaScript and types by tsc, the WASM beside them, and the files for browsers.
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

rmSync('dist', { recursive: true, force: true })
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'src'], { stdio: 'inherit' })
for (const flavour of ['simd', 'threads']) cpSync(`src/wasm/${flavour}`, `dist/wasm/${flavour}`, { recursive: true })

await build({
  entryPoints: { millrace: 'src/browser/index.ts' },
  outdir: 'dist/browser',
  bundle: true,
  // What is imported when it is asked for is a file beside it: arrow.js.
  splitting: true,
  chunkNames: '[name]',
  format: 'esm',
  target: 'es2022',
  minify: true,
  sourcemap: true,
  legalComments: 'none',
  // The browser's storage is memory: the other adapters are never asked for.
  external: ['@duckdb/node-api', 'node:*'],
})
cpSync('src/wasm/simd/millrace_bg.wasm', 'dist/browser/millrace_bg.wasm')

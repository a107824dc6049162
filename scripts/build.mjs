// Builds dist from src: JavaScript and types by tsc, the kernels beside them, and what must be one file: the worker of the
// threads, the entry for browsers.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, transform } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

rmSync('dist', { recursive: true, force: true })
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'src'], { stdio: 'inherit' })

const ONE_FILE = { bundle: true, format: 'esm', target: 'es2022', minify: true, legalComments: 'none' }

await build({
  ...ONE_FILE,
  entryPoints: { millrace: 'src/browser.ts' },
  outdir: 'dist/browser',
  // But what is imported when it is asked for is a file beside it: arrow.js.
  splitting: true,
  chunkNames: '[name]',
  // The browser's storage is memory: the other adapters are never asked for.
  external: ['node:*'],
})
await build({
  ...ONE_FILE,
  entryPoints: ['src/engine/worker/worker.ts'],
  outfile: 'dist/engine/worker/millrace-worker.mjs',
  platform: 'node',
})
// What is one file stands in no other.
for (const file of ['browser.js', 'engine/worker/worker.js', 'engine/worker/worker.d.ts']) rmSync(`dist/${file}`)
writeFileSync('dist/engine/worker/millrace-worker.d.mts', 'export {}\n')

// Without the function that loads the kernels by an address of its own, which bundlers would follow.
mkdirSync('dist/wasm/simd', { recursive: true })
await build({
  stdin: { contents: `export { initSync, Program, Store } from './src/wasm/simd/millrace.js'`, resolveDir: root },
  outfile: 'dist/wasm/simd/millrace.js',
  bundle: true,
  format: 'esm',
})
const WASM_TYPES = `/** What a bundler gives for an import of this file: mostly its address, or as it is told. */
declare const address: string
export default address
`
cpSync('src/wasm/simd/millrace.d.ts', 'dist/wasm/simd/millrace.d.ts')
for (const folder of ['wasm/simd', 'browser']) {
  cpSync('src/wasm/simd/millrace_bg.wasm', `dist/${folder}/millrace_bg.wasm`)
  writeFileSync(`dist/${folder}/millrace_bg.wasm.d.ts`, WASM_TYPES)
}

const define = {
  KERNELS: JSON.stringify(readFileSync('dist/wasm/simd/millrace_bg.wasm', 'base64')),
  WORKER: JSON.stringify(readFileSync('dist/engine/worker/millrace-worker.mjs', 'utf8')),
}
const { code } = await transform(readFileSync('dist/inline.js', 'utf8'), { define, charset: 'utf8' })
writeFileSync('dist/inline.js', code)

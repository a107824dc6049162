import { expect, it } from 'vitest'
// @ts-expect-error: a script, it has no types
import { builtHash, sourceHash } from '../../crates/wasm/build.mjs'

it('src/wasm was built from the Rust sources that are here (npm run build:wasm)', () => {
  expect(builtHash()).toBe(sourceHash())
})

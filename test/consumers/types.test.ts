import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fixture, folder, note, project, run } from './project.ts'

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  target: 'es2022',
  noEmit: true,
}

describe.skipIf(note !== '')(`types${note}`, () => {
  const versions = ['5.0', '7']
  const modules = [{ module: 'nodenext' }, { module: 'esnext', moduleResolution: 'bundler' }]
  const places = [
    { name: 'Node', lib: ['es2022'], types: ['node'] },
    { name: 'browsers', lib: ['es2022', 'dom'], types: [] },
  ]
  const projects = versions.flatMap((version) =>
    modules.flatMap((how) => places.map(({ name, ...where }) => ({ version, how, name, where }))),
  )

  it.each(projects)('TypeScript $version, $how.module, for $name', async ({ version, how, name, where }) => {
    const compilerOptions = { ...STRICT, ...how, ...where }
    const at = project(`types-${version}-${how.module}-${name}`, [
      ['strict.ts', fixture('strict.ts')],
      ['package.json', '{ "type": "module" }'],
      ['tsconfig.json', JSON.stringify({ compilerOptions, include: ['strict.ts'] })],
    ])
    await run(`node ../node_modules/typescript-${version}/bin/tsc -p .`, at)
  })

  it('TypeScript 5.0 in a project of CommonJS as it used to be', async () => {
    const text = `
      import { createEngine, memoryRepository } from 'millrace'
      import * as browser from 'millrace/browser'
      import * as inline from 'millrace/inline'
      const engine = createEngine({ repository: memoryRepository({}) })
      console.log(engine.repository !== undefined && 'createEngine' in inline && 'createEngine' in browser)
      void engine.close()`
    const where = { module: 'commonjs', moduleResolution: 'node', lib: ['es2022'], types: ['node'] }
    const compilerOptions = { ...STRICT, ...where, noEmit: false, outDir: 'out' }
    const at = project('types-commonjs', [
      ['main.ts', text],
      ['package.json', '{}'],
      ['tsconfig.json', JSON.stringify({ compilerOptions, include: ['main.ts'] })],
    ])
    await run('node ../node_modules/typescript-5.0/bin/tsc -p .', at)
    expect(await run('node out/main.js', at)).toBe('true\n')
  })

  it('every entry has types that say what it is, for whoever can import it', async () => {
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
    await run(`attw --profile esm-only ${tarball}`, folder)
  })
})

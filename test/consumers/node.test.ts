import { cpSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { candles, formula } from './fixtures/candles.js'
import { fixture, folder, movedAway, note, project, removeAway, run, serveIn } from './project.ts'
import { recipe } from './recipes.ts'

afterAll(removeAway)

const service = recipe('Bundling').files
const main = [
  ['main.js', fixture('main.js')],
  ['candles.js', fixture('candles.js')],
  ['package.json', '{ "type": "module" }'],
] as const

/** What main.js prints. */
const PRINTED = '{"executor":"inline","matches":32}\n{"executor":"pool","matches":32}\n'

/** Runs what was built where there are no packages, from a folder that has nothing to do with it. */
const printedBy = (built: string, file: string) => run(`node ${join(movedAway(built), file)}`, '/')

describe.skipIf(note !== '')(`in Node${note}`, () => {
  it('the package runs as it is, by import and by require', async () => {
    expect(await run('node main.js', project('plain', [...main, ...service]))).toBe(PRINTED)
    const required = "console.log(Object.keys(require('millrace')).includes('createEngine'))"
    expect(await run('node main.cjs', project('require', [['main.cjs', required]]))).toBe('true\n')
  })

  const others = [
    { name: 'Bun', path: 'node_modules/@oven/bun-linux-x64/bin/bun', command: '' },
    { name: 'Deno', path: 'node_modules/@deno/linux-x64-glibc/deno', command: 'run --allow-all' },
  ]
  for (const { name, path, command } of others) {
    const program = join(folder, path)
    const isMissing = !existsSync(program)
    it.skipIf(isMissing)(
      `the package runs in ${name}${isMissing ? ' (skipped: not for this machine)' : ''}`,
      async () => {
        const at = project(name, [...main, ...service])
        expect(await run(`${program} ${command} main.js`, at)).toBe(PRINTED)
      },
    )
  }

  it.each(['main.cjs', 'main.mjs'])('one file with everything inside (%s)', async (file) => {
    const { files, commands } = recipe('One file, with any bundler')
    const at = project('inline', [...main, ...files])
    for (const command of commands) await run(command, at)
    expect(await printedBy(join(at, 'out'), file)).toBe(PRINTED)
  })

  it.each([
    ['esbuild', 'node build.mjs', 'main.mjs'],
    ['Rollup', 'rollup --config rollup.config.mjs', 'main.mjs'],
    ['Rolldown', 'rolldown --config rolldown.config.mjs', 'main.mjs'],
    ['webpack', 'webpack --config webpack.config.cjs', 'main.cjs'],
  ])('%s', async (heading, command, file) => {
    const at = project(heading, [...main, ...service, ...recipe(heading).files])
    await run(command, at)
    expect(await printedBy(join(at, 'out'), file)).toBe(PRINTED)
  })

  it('a bundle without its files says which, where to, and what else can be done', async () => {
    const at = project('bare', [...main, ...service])
    await run('esbuild main.js --bundle --platform=node --format=cjs --outfile=out/main.cjs', at)
    const built = movedAway(join(at, 'out'))
    const failure = await run(`node ${join(built, 'main.cjs')}`, '/').catch(String)
    expect(failure).toContain(`millrace_bg.wasm is not in ${built}, where the bundle is: copy it there`)
    expect(failure).toContain("import 'millrace/inline'")
    cpSync(join(folder, 'node_modules/millrace/dist/wasm/simd/millrace_bg.wasm'), join(built, 'millrace_bg.wasm'))
    const workerless = await run(`node ${join(built, 'main.cjs')}`, '/').catch(String)
    expect(workerless).toContain('{"executor":"inline","matches":32}')
    expect(workerless).toContain(`millrace-worker.mjs is not in ${built}`)
    expect(workerless).toContain("code: 'ENGINE_WORKER'")
  })

  it.each([
    ['Turbopack', 'next build', []],
    ['webpack', 'next build --webpack', ['next.config.mjs']],
  ])('a route handler of Next.js, built with %s', async (name, command, settings) => {
    const files = [...recipe('Next.js').files].filter(([file]) => file.startsWith('app/') || settings.includes(file))
    const layout = 'export default ({ children }) => <html><body>{children}</body></html>'
    const at = project(`next-${name}`, [...files, ...service, ['app/layout.js', layout], main[2]])
    await run(command, at)
    const server = await serveIn('next start', at, /Ready in/)
    try {
      const answers = []
      for (const executor of ['inline', 'pool']) {
        const body = JSON.stringify({ candles, formula, executor, workers: 2 })
        const response = await fetch(`${server.url}/api/scan`, { method: 'POST', body })
        answers.push(await response.json())
      }
      expect(answers).toEqual(['inline', 'pool'].map((executor) => ({ matches: 32, executor })))
    } finally {
      server.close()
    }
  })

  it('DuckDB stays outside of bundles, and is found where they run', async () => {
    const text = `
      import { duckdbRepository, createEngine, BatchScanUseCase } from 'millrace/inline'
      const repository = duckdbRepository({ data: process.argv[2] })
      const engine = createEngine({ repository, executor: 'pool', workers: 2 })
      const job = { symbols: ['A'], timeframe: '1d', formula: 'close > 10' }
      new BatchScanUseCase(engine).execute(job)
        .then(({ matches }) => console.log(matches.length), ({ code, message }) => console.log(code, message))
        .finally(() => engine.close())`
    const csv = 'date,open,high,low,close,volume\n2024-01-02,9,12,8,11,100\n2024-01-03,11,12,8,9,100\n'
    const at = project('duckdb', [['main.js', text], ['A.csv', csv], main[2]])
    await run('esbuild main.js --bundle --platform=node --format=cjs --outfile=out/main.cjs', at)
    const built = movedAway(join(at, 'out'))
    const scan = () => run(`node ${join(built, 'main.cjs')} ${join(at, 'A.csv')}`, '/')
    expect(await scan()).toMatch(/^DATA_LIBRARY .* npm install @duckdb\/node-bindings/)
    const packages = readdirSync(join(folder, 'node_modules/@duckdb')).map((name) => `@duckdb/${name}`)
    for (const name of [...packages, 'detect-libc']) {
      cpSync(join(folder, 'node_modules', name), join(built, 'node_modules', name), { recursive: true })
    }
    expect(await scan()).toBe('1\n')
  })

  it('without optional packages the installation is small, and candles in memory are scanned', async () => {
    const [command] = recipe('DuckDB').commands
    const at = project('small', [...main, ...service])
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
    await run(`${command!.replace('millrace', join(folder, tarball!))} --prefer-offline --no-audit --no-fund`, at)
    expect(readdirSync(join(at, 'node_modules'))).not.toContain('@duckdb')
    const kilobytes = Number.parseInt(await run('du -sk node_modules', at), 10)
    expect(kilobytes).toBeLessThan(13_000)
    expect(await run('node main.js', at)).toBe(PRINTED)
  })

  it.each([
    ['vitest', 'vitest run --globals'],
    ['jest', recipe('Test runners').commands.join('\n')],
  ])('%s', async (name, command) => {
    const settings = JSON.stringify({ type: 'module', jest: { transform: {}, watchman: false } })
    const files = [main[1], ['runner.test.js', fixture('runner.test.js')], ['package.json', settings]] as const
    await run(command, project(name, [...service, ...files]))
  })
})

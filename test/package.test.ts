import { type ExecFileException, execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { root } from './support/shared-data.ts'

/** What npm publishes, packed and installed as somebody else would: the code of these tests is not used. */

const isWindows = process.platform === 'win32'
const run = async (program: string, args: string[], cwd: string) => {
  const { stdout } = await promisify(execFile)(program, args, { cwd, shell: isWindows, maxBuffer: 2 ** 26 })
  return stdout
}

interface Packed {
  filename: string
  size: number
  files: { path: string; size: number }[]
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-package-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const [packed] = JSON.parse(await run('npm', ['pack', '--json', '--pack-destination', folder], root)) as [Packed]

const project = join(folder, 'project')
const installed = join(project, 'node_modules/millrace')
const note = await install()

/** Installs the package into an empty project; answers why not when no registry can be reached. */
async function install(): Promise<string> {
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  const tarball = join(folder, packed.filename)
  try {
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], project)
    return ''
  } catch (error) {
    const { stderr = '' } = error as ExecFileException
    if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/.test(stderr)) throw error
    return ' (skipped: the registry cannot be reached)'
  }
}

describe('the package', () => {
  const paths = packed.files.map(({ path }) => path)

  it('has what runs and what explains it, and nothing else', () => {
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']))
    const code = /^dist\/.*\.(m?js|d\.m?ts|wasm)$/
    const unexpected = paths.filter((path) => !code.test(path) && !/(\.md|(^|\/)LICENSE[^/]*)$/.test(path))
    expect(unexpected).toEqual(['package.json'])
    for (const needed of [
      'node.js',
      'node.d.ts',
      'browser.d.ts',
      'cli/main.js',
      'engine/worker/millrace-worker.mjs',
      'inline.js',
      'wasm/simd/millrace_bg.wasm',
    ]) {
      expect(paths).toContain(`dist/${needed}`)
    }
    const inBrowsers = ['millrace.js', 'arrow.js', 'millrace_bg.wasm'].map((name) => `dist/browser/${name}`)
    expect(paths).toEqual(expect.arrayContaining(inBrowsers))
  })

  it('has no kernels that cannot be imported', () => {
    const importable = Object.values<{ default?: string }>(manifest.exports).map((entry) => entry.default)
    const kernels = paths.filter((path) => path.endsWith('.wasm'))
    expect(kernels).toHaveLength(2)
    for (const path of kernels) expect(importable).toContain(`./${path}`)
  })

  it('has what its pages link to', () => {
    const pages = paths.filter((path) => path.endsWith('.md'))
    expect(pages).toContain('docs/language.md')
    const links = pages.flatMap((page) => {
      const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '')
      const targets = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target!)
      const own = targets.filter((target) => !/^[a-z]+:/.test(target))
      return own.map((target) => ({ page, path: posix.join(posix.dirname(page), target) }))
    })
    expect(links.filter(({ page }) => page === 'README.md').length).toBeGreaterThan(3)
    expect(links.filter(({ path }) => !paths.includes(path))).toEqual([])
  })

  it('can be found by what it is', () => {
    expect(manifest.keywords).toEqual(expect.arrayContaining(['stock-screener', 'technical-analysis', 'wasm']))
  })

  it('is small', () => {
    expect(packed.size).toBeLessThan(3_000_000)
  })

  it('runs nothing when it is installed', () => {
    const { preinstall, install, postinstall, prepare } = manifest.scripts
    expect([preinstall, install, postinstall, prepare]).toEqual([undefined, undefined, undefined, undefined])
  })

  it('names no file of the machine it was built on', () => {
    const home = root.replace(/\/$/, '')
    const naming = packed.files.filter(({ path }) => readFileSync(join(root, path)).includes(home))
    expect(naming).toEqual([])
  })

  it('says for every export which file it is, and has the file', () => {
    const targets = (value: unknown): string[] =>
      typeof value === 'string' ? [value] : Object.values(value as object).flatMap(targets)
    for (const target of [...targets(manifest.exports), ...Object.values<string>(manifest.bin)]) {
      expect(paths).toContain(target.replace('./', ''))
    }
  })
})

describe.skipIf(note !== '')(`the installed package${note}`, () => {
  const node = (args: string[]) => run(process.execPath, args, project)
  const tsc = (config: string) => node([join(root, 'node_modules/typescript/bin/tsc'), '-p', config])

  function writeConfig(module: 'nodenext' | 'bundler') {
    const resolution = module === 'bundler' ? { module: 'esnext', moduleResolution: 'bundler' } : { module }
    const compilerOptions = {
      ...resolution,
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable', 'dom'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      outDir: `out-${module}`,
      rootDir: 'src',
    }
    writeFileSync(join(project, `${module}.json`), JSON.stringify({ compilerOptions, include: ['src'] }))
    cpSync(join(root, 'test/package'), join(project, 'src'), { recursive: true })
    return `${module}.json`
  }

  it.each(['nodenext', 'bundler'] as const)('compiles and runs in a TypeScript project (%s)', async (module) => {
    await tsc(writeConfig(module)).catch(({ stdout }) => expect(stdout).toBe(''))
    const out = await node([join(project, `out-${module}/consumer.js`), project])
    expect(JSON.parse(out)).toEqual({
      inline: { days: ['2024-01-07'], errors: ['NOBODY NO_DATA'], matched: 1 },
      pool: { days: ['2024-01-07'], errors: ['NOBODY NO_DATA'], matched: 1 },
      duckdb: ['2024-01-07'],
      arrow: 'ARROW1',
      error: { code: 'FORMULA_UNKNOWN_NAME', drawn: expect.stringContaining('^^^^'), isData: false },
    })
  })

  it('compiles with checks of its own types, and refuses misuse', async () => {
    // Without its `@ts-expect-error` lines the same file has as many errors.
    const text = readFileSync(join(root, 'test/package/types.ts'), 'utf8')
    const config = writeConfig('nodenext')
    const expected = text.match(/^\/\/ @ts-expect-error/gm)!.length
    writeFileSync(join(project, 'src/types.ts'), text.replaceAll('// @ts-expect-error', '//'))
    const out = await tsc(config).then(
      () => '',
      ({ stdout }) => stdout as string,
    )
    expect(out.match(/error TS/g)).toHaveLength(expected)
  })

  it('answers to its name', async () => {
    const bin = join(project, 'node_modules/.bin/millrace')
    expect((await run(bin, ['--version'], project)).trim()).toBe(manifest.version)
  })

  it('opens only what it exports', async () => {
    const script = `
      const resolve = (name) => Promise.resolve().then(() => import.meta.resolve(name)).catch((error) => error.code)
      const names = ['millrace', 'millrace/browser', 'millrace/browser/millrace_bg.wasm', 'millrace/package.json', 'millrace/dist/node.js']
      console.log(JSON.stringify(await Promise.all(names.map(resolve))))`
    writeFileSync(join(project, 'resolve.mjs'), script)
    const inside = (path: string) => pathToFileURL(join(installed, path)).href
    const found = JSON.parse(await node(['resolve.mjs'])) as string[]
    expect(found.map((each) => each.replace('/private/', '/'))).toEqual([
      inside('dist/node.js'),
      inside('dist/browser/millrace.js'),
      inside('dist/browser/millrace_bg.wasm'),
      inside('package.json'),
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    ])
  })

  it.each(['millrace', 'millrace/browser'])(
    'is a file and one for Arrow in a bundle for browsers: %s',
    async (name) => {
      const { metafile, outputFiles } = await build({
        stdin: { contents: `export { createEngine, memoryRepository } from '${name}'`, resolveDir: project },
        bundle: true,
        write: false,
        format: 'esm',
        platform: 'browser',
        metafile: true,
        logLevel: 'silent',
      })
      expect(Object.keys(metafile.inputs).filter((path) => path !== '<stdin>')).toEqual([
        expect.stringMatching(/node_modules\/millrace\/dist\/browser\/arrow\.js$/),
        expect.stringMatching(/node_modules\/millrace\/dist\/browser\/millrace\.js$/),
      ])
      const [, millrace] = Object.entries(metafile.inputs).find(([path]) => path.endsWith('/millrace.js'))!
      expect(millrace.imports.map(({ kind, original }) => [kind, original])).toEqual([['dynamic-import', './arrow.js']])
      expect(outputFiles[0]!.text).not.toMatch(/from ?["']node:/)
    },
  )

  it('brings few packages along', () => {
    const names = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))
    expect(Object.keys(manifest.dependencies).length).toBeLessThan(10)
    expect(names.length).toBeLessThan(25)
  })
})

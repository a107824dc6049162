import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as found from '../browser/chromium.ts'
import { serve } from '../browser/page-server.ts'
import { fixture, note, project, run, serveIn } from './project.ts'
import { recipe } from './recipes.ts'

const page = [...recipe('Browsers').files][0]!
const main = [
  ['main.js', fixture('page-main.js')],
  ['candles.js', fixture('candles.js')],
  ['package.json', '{ "type": "module" }'],
  page,
] as const

const MODULE = '<!doctype html><script type="module" src="main.js"></script>'
const CLASSIC = '<!doctype html><script src="main.js"></script>'

describe.skipIf(note !== '' || !found.program)(`in Chromium${note || found.note}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: found.program!, args: found.QUIET })
  })
  afterAll(() => browser?.close())

  /** What a page says when it has scanned. */
  async function titleAt(url: string): Promise<string> {
    const page = await browser.newPage()
    try {
      await page.goto(url)
      await page.waitForFunction(() => document.title !== '')
      return await page.title()
    } finally {
      await page.close()
    }
  }

  async function titleOf(built: string, html?: string): Promise<string> {
    if (html) writeFileSync(join(built, 'index.html'), html)
    const server = await serve(built, {})
    try {
      return await titleAt(`${server.url}/index.html`)
    } finally {
      await server.close()
    }
  }

  it.each([
    ['webpack for browsers', 'webpack --config webpack.config.cjs'],
    ['esbuild for browsers', 'node build.mjs'],
    ['Rollup for browsers', 'rollup --config rollup.config.mjs'],
    ['Rolldown for browsers', 'rolldown --config rolldown.config.mjs'],
  ])('%s', async (heading, command) => {
    const at = project(heading, [...main, ...recipe(heading).files, page])
    await run(command, at)
    expect(await titleOf(join(at, 'out'), MODULE)).toBe('32 matches')
  })

  it('esbuild, all in a classic script', async () => {
    const { files, commands } = recipe('esbuild for browsers')
    const at = project('classic', [...main, ...files])
    for (const command of commands) await run(command, at)
    expect(await titleOf(join(at, 'out'), CLASSIC)).toBe('32 matches')
  })

  it.each([
    ['Vite 8', 'vite', 'nothing'],
    ['Vite 7', 'node ../node_modules/vite-7/bin/vite.js', 'Vite'],
  ])('%s, built and while developing', async (name, vite, heading) => {
    const settings = heading === 'nothing' ? [] : recipe(heading).files
    const at = project(name, [...main, ...settings, ['index.html', MODULE.replace('main.js', '/main.js')]])
    await run(`${vite} build --outDir out`, at)
    expect(await titleOf(join(at, 'out'))).toBe('32 matches')
    const server = await serveIn(`${vite} --host 127.0.0.1 --port $PORT --strictPort`, at, /ready in/)
    try {
      expect(await titleAt(server.url)).toBe('32 matches')
    } finally {
      server.close()
    }
  })
})

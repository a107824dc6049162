import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cacheFolder } from '../../src/cli/mirror-folder.ts'
import { candles, run, scratch } from './support.ts'

const write = scratch()
const data = write('candles.csv', candles({ AAA: [10, 11, 12, 13], BBB: [9, 8, 7, 6] }))
const here = dirname(data)

/** What is printed but for times. */
async function printed(args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await run(args, { env, cwd: here })
  return { code, stdout, stderr: stderr.replaceAll(/[\d.,]+ (m?s|µs)|[\d.,]+( [kM])? (symbols|bars)\/s/g, '#') }
}

describe('--mirror', () => {
  it.each([
    ['scan', ['scan', 'close > close[1]', '-d', data]],
    ['series', ['series', '-e', 'sma(close, 2)', '-d', data, '-s', 'AAA']],
    ['explain', ['explain', 'close > close[1]', '-d', data, '--symbol', 'AAA']],
    ['data', ['data', data]],
  ])('%s prints the same with it, the first time and later', async (name, args) => {
    const plain = await printed(args)
    expect(plain.code).toBe(0)
    const folder = join(here, `mirror of ${name}`)
    for (let times = 0; times < 2; times++) {
      const { code, stdout } = await printed([...args, `--mirror=${folder}`])
      expect({ code, stdout }).toEqual({ code: plain.code, stdout: plain.stdout })
      expect(readdirSync(folder, { recursive: true }).filter((file) => String(file).endsWith('.arrow'))).toHaveLength(1)
    }
  })

  it('keeps candles in the cache folder of the user where no other is named', async () => {
    const cache = join(here, 'cache')
    const args = ['scan', 'close > close[1]', '-d', data, '--mirror']
    expect((await printed(args, { XDG_CACHE_HOME: cache })).code).toBe(0)
    expect(existsSync(join(cache, 'millrace'))).toBe(true)
  })

  it('says what to do when it has taken the data for its folder', async () => {
    const { code, stderr } = await printed(['data', '--mirror', data])
    expect(code).toBe(2)
    expect(stderr).toContain(`--mirror takes a folder, and ${data} is a file: write --mirror last, or --mirror=FOLDER`)
  })

  it('scans without it where the folder cannot be written, and says so', async () => {
    const { code, stdout, stderr } = await printed(['scan', 'close > close[1]', '-d', data, `--mirror=${data}/x`])
    expect(code).toBe(0)
    expect(stdout).toContain('AAA')
    expect(stderr).toContain('cannot be written (ENOTDIR)')
  })
})

describe('cacheFolder', () => {
  it('is that of the platform, unless XDG_CACHE_HOME names another', () => {
    expect(cacheFolder('linux', {}, '/home/a')).toBe(join('/home/a', '.cache'))
    expect(cacheFolder('linux', { XDG_CACHE_HOME: '/big/cache' }, '/home/a')).toBe('/big/cache')
    expect(cacheFolder('linux', { XDG_CACHE_HOME: 'relative' }, '/home/a')).toBe(join('/home/a', '.cache'))
    expect(cacheFolder('darwin', {}, '/Users/a')).toBe(join('/Users/a', 'Library', 'Caches'))
    expect(cacheFolder('win32', { LOCALAPPDATA: 'C:\\Local' }, 'C:\\a')).toBe('C:\\Local')
    expect(cacheFolder('win32', {}, 'home')).toBe(join('home', 'AppData', 'Local'))
  })
})

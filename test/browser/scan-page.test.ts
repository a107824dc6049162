import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { candles, run, scratch } from '../cli/support.ts'
import { root } from '../support/shared-data.ts'
import { note, program, QUIET } from './chromium.ts'

const write = scratch()
const FILE = join(dirname(write('.here', '')), 'out.html')
const RISING = 'close > close[1]'

const HOSTILE = [
  '</script><script>globalThis.pwned = 1</script>',
  '<img src=x onerror="globalThis.pwned = 2">',
  '"><b id=pwned>',
  "'&amp;<!--",
  '=\u202e+1',
]
const named = Object.fromEntries(HOSTILE.map((name, at) => [`"${name.replaceAll('"', '""')}"`, [10, 11 + at, 12 + at]]))
const ODD = write('odd.csv', candles(named))
const FORMULA = `// </pre><script>globalThis.pwned = 3</script>\n${RISING}`

async function pageOf(formula: string, data: string, ...more: string[]) {
  const ran = await run(['scan', formula, '-d', data, '--html', FILE, ...more])
  const html = readFileSync(FILE, 'utf8')
  // The scripts, and what they draw, come last.
  const scripts = html.indexOf('<script')
  return { ...ran, body: html.slice(0, scripts), scripts: html.slice(scripts) }
}

describe('scan --html', () => {
  it('writes a page beside what it prints', async () => {
    const plain = await run(['scan', RISING, '-d', ODD, '-f', 'csv'])
    const { code, stdout, stderr } = await pageOf(RISING, ODD, '-f', 'csv')
    expect([code, stdout]).toEqual([0, plain.stdout])
    expect(stderr).toContain(`written to ${FILE}`)
  })

  it('has no markup of symbols and formulas, and nothing of them in its scripts', async () => {
    const { body, scripts } = await pageOf(FORMULA, ODD)
    for (const text of [...HOSTILE.slice(0, 3), '</pre><script>', '\u202e']) expect(body).not.toContain(text)
    expect(HOSTILE.filter((text) => scripts.includes(text))).toEqual([])
    // The data, the library, and what draws the data with it.
    expect(scripts.match(/<script/g)).toHaveLength(3)
  })

  it('charts all matches of a run over the last bars: what was before them too', async () => {
    const data = write('four.csv', candles({ AAA: [10, 11, 12, 13], BBB: [12, 11, 12, 11] }))
    const { body, scripts } = await pageOf(RISING, data, '--last', '1')
    expect(body).toContain('<h1>1 match in 1 of 2 symbols (50.0 %), on 2024-01-04</h1>')
    expect(body).not.toContain('BBB')
    const { symbols, breadth } = JSON.parse(/id="data">(.*)<\/script>/.exec(scripts)![1]!)
    expect(symbols.map(({ markers }: { markers: unknown[] }) => markers.length)).toEqual([3])
    expect(breadth.map(({ value }: { value: number }) => value)).toEqual([50, 100, 50])
  })

  it('shows what the run shows: the new matches of the last bar', async () => {
    const data = write('two.csv', candles({ AAA: [10, 11, 12], BBB: [12, 11, 12] }))
    const state = join(dirname(FILE), 'page.json')
    const evening = ['--last', '1', '--new', '--state', state]
    await pageOf(RISING, data, ...evening, '--to', '2024-01-02')
    const { body } = await pageOf(RISING, data, ...evening, '--to', '2024-01-03')
    expect(body).toContain('<h1>1 new match in 1 of 2 symbols (50.0 %), on 2024-01-03</h1>')
    expect(body).toContain('<b>BBB</b><span>2024-01-03</span>')
    expect(body).not.toContain('AAA')
    expect((await pageOf(RISING, data, ...evening, '--to', '2024-01-03')).body).toContain(
      '<h1>no new match in 2 symbols</h1>',
    )
  })

  it('charts at most 50 symbols, those with the latest matches, and has as many rows as --limit says', async () => {
    const many = Array.from({ length: 53 }, (_, at) => [`S${at}`, at < 2 ? [10, 11, 10] : [10, 11, 12]] as const)
    const { body } = await pageOf(RISING, write('many.csv', candles(Object.fromEntries(many))), '--limit', '7')
    expect(body).toContain('<h2>Charts: the 50 latest of 53 symbols</h2>')
    expect(body.match(/<figcaption>/g)).toHaveLength(50)
    expect(body).not.toContain('<b>S0</b>')
    expect(body.match(/<tr><td/g)).toHaveLength(7)
    expect(body).toContain('… and 97 earlier matches (--limit)')
  })

  it('links symbols to their charts, and not values that are called like columns', async () => {
    const data = write('one.csv', candles({ AAA: [10, 11, 10] }))
    const { body } = await pageOf('symbol = close + 0.5; signal = close + 0.25; symbol > signal[1]', data)
    const cells = /<tr>(<td.*)<\/tr>/.exec(body)![1]!.split(/(?<=<\/td>)/)
    expect(cells).toEqual([
      '<td class="">2024-01-02</td>',
      '<td class=""><a href="#chart-0">AAA</a></td>',
      '<td class="up">SCAN_HIT</td>',
      '<td class="right">11</td>',
      '<td class="right">2,000</td>',
      '<td class="right">11.50</td>',
      '<td class="right">11.25</td>',
    ])
  })

  it('names symbols that failed', async () => {
    const { body } = await pageOf(RISING, ODD, '--symbols', `${HOSTILE[3]},NO<b>PE`)
    expect(body).toContain('NO_DATA')
    const other = await pageOf(
      'close > 0',
      write('bad.csv', `${candles({ AAA: [10, 11] })}AAA,2024-01-03,0,0,0,11,0\n`),
    )
    expect(other.body).toContain('<li>data: of 3 rows 1 of a halt')
  })

  it('leaves the page before alone where it cannot be written, and says so', async () => {
    const folder = join(dirname(FILE), 'folder.html')
    mkdirSync(folder)
    const { code, stderr } = await run(['scan', RISING, '-d', ODD, '--html', folder])
    expect([code, stderr]).toEqual([2, expect.stringContaining(`cannot write ${folder}: `)])
    expect(readdirSync(dirname(FILE)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('says what to install where the chart library is left out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-no-charts-'))
    try {
      for (const name of ['dist', 'package.json']) cpSync(join(root, name), join(folder, name), { recursive: true })
      mkdirSync(join(folder, 'node_modules'))
      for (const name of readdirSync(join(root, 'node_modules')).filter((each) => each !== 'lightweight-charts')) {
        symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
      }
      const options = { cli: join(folder, 'dist/cli/main.js') }
      const { code, stdout, stderr } = await run(['scan', RISING, '-d', ODD, '--html', FILE], options)
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain('npm install lightweight-charts')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** How many pixels of a chart have each of these colors. Runs in the page. */
function countPixels({ id, colors }: { id: string; colors: string[] }) {
  const counts = colors.map(() => 0)
  for (const canvas of Array.from(document.querySelectorAll<HTMLCanvasElement>(`#${id} canvas`))) {
    if (canvas.width === 0 || canvas.height === 0) continue
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    for (let at = 0; at < data.length; at += 4) {
      const color = `#${[0, 1, 2].map((part) => data[at + part]!.toString(16).padStart(2, '0')).join('')}`
      const place = data[at + 3] === 255 ? colors.indexOf(color) : -1
      if (place >= 0) counts[place]! += 1
    }
  }
  return counts
}

describe.skipIf(!program)(`a page of scan --html in Chromium${note}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program!, args: QUIET })
  })
  afterAll(() => browser?.close())

  /** The page opened from disk, once the last chart is drawn; what it asked for and complained about. */
  async function open(colorScheme: 'light' | 'dark' = 'light', width = 1280) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } })
    const [requests, complaints] = [[] as string[], [] as string[]]
    page.on('request', (request) => requests.push(request.url()))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(pathToFileURL(FILE).href)
    await page.locator('.chart').last().locator('canvas').first().waitFor()
    // Charts draw in the next frame.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    return { page, requests, complaints }
  }

  const pixels = (page: Page, id: string, colors: string[]) => page.evaluate(countPixels, { id, colors })
  const [RISE, FALL, MARKER] = ['#26a69a', '#ef5350', '#2f81f7']

  it('draws candles, markers and breadth, and asks for nothing', async () => {
    const data = write('drawn.csv', candles({ AAA: [10, 12, 9, 13], BBB: [12, 11, 10, 12] }))
    // The low is two below the close, the open one: a fall is a candle that opens above its close.
    const falls = readFileSync(data, 'utf8').replace('8,10,7,9,', '9.9,10,7,8,')
    await pageOf(RISING, write('falls.csv', falls))
    const { page, requests, complaints } = await open()
    for (const id of ['chart-0', 'chart-1']) {
      const [rise, , marker] = (await pixels(page, id, [RISE!, FALL!, MARKER!])) as [number, number, number]
      expect(rise).toBeGreaterThan(50)
      expect(marker).toBeGreaterThan(10)
    }
    expect((await pixels(page, 'chart-0', [FALL!]))[0]).toBeGreaterThan(50)
    expect((await pixels(page, 'breadth', [MARKER!]))[0]).toBeGreaterThan(500)
    expect(requests).toEqual([pathToFileURL(FILE).href])
    expect(complaints).toEqual([])
    await page.close()
  })

  it('shows hostile names as text and runs nothing of them', async () => {
    await pageOf(FORMULA, ODD)
    const { page, requests, complaints } = await open()
    const shown = HOSTILE.map((name) => name.replace('\u202e', '\\u202e')).sort()
    expect((await page.locator('figcaption b').allTextContents()).sort()).toEqual(shown)
    const cells = await page.locator('tbody td:nth-child(2)').allTextContents()
    expect([...new Set(cells)].sort()).toEqual(shown)
    expect(await page.locator('pre').textContent()).toBe(FORMULA)
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
    expect([requests.length, complaints]).toEqual([1, []])
    await page.close()
  })

  it('runs no script besides its own, whatever gets into it', async () => {
    await pageOf(RISING, ODD)
    const { page, complaints } = await open()
    await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'globalThis.pwned = 1'
      document.body.append(script)
      document.body.insertAdjacentHTML('beforeend', '<img src="https://example.com/x.png">')
    })
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
    expect(complaints.join()).toContain('Content Security Policy')
    await page.close()
  })

  it('is light or dark as the reader has it, when that changes as well, and fits a telephone', async () => {
    await pageOf(RISING, ODD)
    const { page } = await open('light', 400)
    const [WHITE, DARK] = ['#ffffff', '#171c24']
    const [white, dark] = (await pixels(page, 'chart-0', [WHITE!, DARK!])) as [number, number]
    // Some pixels of letters are white as well.
    expect([white > 10_000, dark]).toEqual([true, 0])
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    const [whiteAfter, darkAfter] = (await pixels(page, 'chart-0', [WHITE!, DARK!])) as [number, number]
    expect([whiteAfter < 1000, darkAfter > 10_000]).toEqual([true, true])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400)
    await page.close()
  })
})

import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { candles, day, run, scratch, start } from './support.ts'

const write = scratch()
const HEADER = 'symbol,date,open,high,low,close,volume'
const lines = (...rows: string[]) => [HEADER, ...rows].join('\n')

/** Rows of CSV that a scan matches, without header. */
async function rows(data: string, ...more: string[]) {
  const { stdout, stderr, code } = await run(['scan', 'close > 0', '--data', data, '--format', 'csv', ...more])
  return {
    code,
    stderr,
    dates: stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[2]),
  }
}

describe('dates of daily candles', () => {
  // Monday 11 and Tuesday 12 March in Seoul.
  const seoul = lines('A,2024-03-11T00:00+09:00,9,11,8,10,5', 'A,2024-03-12T00:00+09:00,9,11,8,11,5')

  it('are printed, cut and computed as the calendar has them, and a note says so', async () => {
    const data = write('seoul.csv', seoul)
    const { dates, stderr } = await rows(data)
    expect(dates).toEqual(['2024-03-11', '2024-03-12'])
    expect(stderr).toContain(
      'data: of 2 rows 2 stamped with a time of day, taken as the date of the nearest midnight (--timezone ZONE: there); 1 symbol affected',
    )
    expect((await rows(data, '--from', '2024-03-12')).dates).toEqual(['2024-03-12'])
    expect((await rows(data, '--to', '2024-03-11')).dates).toEqual(['2024-03-11'])
    const { stdout } = await run(['scan', 'weekday == 1', '--data', data, '--format', 'json'])
    expect(JSON.parse(stdout).matches).toMatchObject([{ timestamp: Date.UTC(2024, 2, 11) }])
  })

  it('are those of the zone that is given', async () => {
    const data = write('seoul-zone.csv', seoul)
    const { dates, stderr } = await rows(data, '--timezone', 'Asia/Seoul')
    expect(dates).toEqual(['2024-03-11', '2024-03-12'])
    expect(stderr).toContain('taken as the date in Asia/Seoul')
    expect((await rows(data, '--timezone', 'UTC')).dates).toEqual(['2024-03-10', '2024-03-11'])
  })

  it('of one instant are a range', async () => {
    const data = write('instant.csv', candles({ A: [10, 11, 12] }))
    const instant = '2024-01-02T00:00Z'
    expect((await rows(data, '--from', instant, '--to', instant)).dates).toEqual(['2024-01-02'])
  })
})

describe('how the data is written', () => {
  it('is said by --date-format and --decimal', async () => {
    const header = HEADER.replaceAll(',', ';')
    const data = write(
      'german.csv',
      [header, 'A;11.03.2024;9,5;11;8;10,5;5', 'A;12.03.2024;9,5;11;8;10,5;5'].join('\n'),
    )
    const refused = await run(['scan', 'close > 0', '--data', data, '--decimal', ','])
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("--date-format '%d.%m.%Y'")])
    const { dates } = await rows(data, '--decimal', ',', '--date-format', '%d.%m.%Y')
    expect(dates).toEqual(['2024-03-11', '2024-03-12'])
  })

  it('is guessed of numbers as times, with a note, or said by --columns', async () => {
    const data = write('epoch.csv', lines('A,86400000,9,11,8,10,5', 'A,172800000,9,11,8,10,5'))
    const said = await rows(data, '--columns', 'time:ms=date')
    expect(said.dates).toEqual(['1970-01-02', '1970-01-03'])
    const late = write('late.csv', lines('A,1710115200000,9,11,8,10,5', 'A,1710201600000,9,11,8,10,5'))
    const { dates, stderr } = await rows(late)
    expect(dates).toEqual(['2024-03-11', '2024-03-12'])
    expect(stderr).toContain('data: the numbers of column "date" are read as ms since 1970, by their size')
  })

  it.each(['time:min=date', 'close:ms=close'])('refuses --columns %s', async (columns) => {
    const { code, stderr } = await run(['scan', 'close > 0', '--data', 'x.csv', '--columns', columns])
    expect(code).toBe(2)
    expect(stderr).toContain('Only times have a unit: write time:s=…, time:ms=…, time:us=…, time:ns=…')
  })
})

describe('what is wrong with the data', () => {
  it('stops only itself: rows without a symbol', async () => {
    const data = write('unnamed.csv', candles({ A: [10, 11], '': [1, 2, 3] }))
    const { code, dates, stderr } = await rows(data)
    expect([code, dates]).toEqual([0, ['2024-01-01', '2024-01-02']])
    expect(stderr).toContain('data: 3 rows without a symbol (left out)')
    const { stdout } = await run(['scan', 'close > 0', '--data', data, '--format', 'json'])
    expect(JSON.parse(stdout).dataQuality).toMatchObject({ noSymbol: 3, total: { rows: 2 } })
  })

  it('stops only itself: a file among others, named among the errors', async () => {
    const folder = dirname(write('marker.txt', ''))
    mkdirSync(join(folder, 'many'))
    for (const symbol of ['A', 'B'])
      writeFileSync(join(folder, 'many', `${symbol}.csv`), candles({ [symbol]: [10, 11] }))
    const torn = join(folder, 'many', 'C.csv')
    writeFileSync(torn, Buffer.from([0xff, 0xfe, 0, 1, 2]))
    const { stdout, stderr, code } = await run(['scan', 'close > 0', '-d', join(folder, 'many'), '-f', 'json'])
    const { errors, statistics } = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(errors).toMatchObject([{ symbol: torn, code: 'LOAD_FAILED', fields: { file: torn } }])
    expect(statistics).toMatchObject({ processed: 2, failed: 0, matches: 4 })
    expect(stderr).toContain('LOAD_FAILED: 1 file failed:')
    const strict = await run(['scan', 'close > 0', '-d', join(folder, 'many'), '-f', 'json', '--strict'])
    expect(strict.code).toBe(1)
  })

  it('is a time that no date can hold: a defect', async () => {
    const data = write(
      'far.csv',
      lines(`A,${day(0)},9,11,8,10,5`, `A,${day(1)},9,11,8,10,5`, 'A,9000000000000000,9,11,8,10,5'),
    )
    const { code, dates, stderr } = await rows(data, '--columns', 'time:ms=date')
    expect([code, dates]).toEqual([0, ['2024-01-01', '2024-01-02']])
    expect(stderr).toContain('1 with a missing or infinite price or time (dropped)')
  })
})

describe('--data as SQL', () => {
  const rowsOf = `select 'A' as symbol, date '2024-01-01' + i::int as date, 1 as open, 2 as high, 1 as low, 2 as close
    from range(3) t(i)`

  it('is one SELECT', async () => {
    expect((await rows(rowsOf)).dates).toEqual(['2024-01-01', '2024-01-02', '2024-01-03'])
  })

  it('writes nothing', async () => {
    const target = join(dirname(write('there.txt', '')), 'written.csv')
    const { code, stderr } = await rows(`select 1)) ; copy (select 1) to '${target}'; select * from ((select 1`)
    expect([code, existsSync(target)]).toEqual([2, false])
    expect(stderr).toContain('DATA_OPTION: sql must be one SELECT and nothing else')
  })

  it('ends at Ctrl-C while it runs', async () => {
    const endless = rowsOf.replace('range(3)', 'range(1000000000000)')
    const child = start(['scan', 'close > 0', '--symbols', 'A', '--timeframe', '1d', '--data', endless])
    child.stderr!.resume()
    const ended = once(child, 'close')
    const isReading = () => readdirSync(tmpdir()).some((name) => name.startsWith(`millrace-${child.pid}-`))
    while (!isReading()) await new Promise((resolve) => setImmediate(resolve))
    child.kill('SIGINT')
    expect((await ended)[0]).toBe(130)
    expect(isReading()).toBe(false)
  })
})

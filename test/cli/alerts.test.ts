import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { candles, day, run, scratch, start } from './support.ts'

const write = scratch()
const RISING = 'close > close[1]'
// Rising on days 1, 2 and 4; on days 2 and 3; never.
const DATA = write('days.csv', candles({ AAA: [10, 11, 12, 11, 12], BBB: [20, 19, 20, 21, 20], CCC: [9, 8, 7, 6, 5] }))
const FOLDER = dirname(DATA)
const pathOf = (name: string) => join(FOLDER, name)
const dated = (number: number) => new Date(day(number)).toISOString().slice(0, 10)

/** A run on the evening of a day: what is new of its last bar. */
async function evening(number: number, state: string, { formula = RISING, more = [] as string[], data = DATA } = {}) {
  const args = ['scan', formula, '-d', data, '--to', dated(number), '--last', '1', '--new', '--state', pathOf(state)]
  const ran = await run([...args, '-f', 'ndjson', ...more])
  const matches = ran.stdout.split('\n').filter((line) => line !== '')
  return { ...ran, symbols: matches.map((line) => JSON.parse(line).symbol as string) }
}

const stateOf = (name: string) => JSON.parse(readFileSync(pathOf(name), 'utf8'))

describe('scan --new', () => {
  it('shows symbols that were no match in the run before, evening by evening', async () => {
    const days = []
    for (const number of [1, 2, 2, 3, 4]) days.push(await evening(number, 'days.json'))
    expect(days.map(({ symbols }) => symbols)).toEqual([['AAA'], ['BBB'], [], [], ['AAA']])
    expect(days.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])
    expect(days[0]!.stderr).toContain(`the first run with ${pathOf('days.json')}: every match is new`)
    expect(days[1]!.stderr).toContain('1 of 2 matching symbols matched in the run before')
    expect(days[1]!.stderr).toContain(' 1 new match in 1 of 3 symbols')
    expect(stateOf('days.json')).toEqual({
      version: 1,
      formula: 'scan: close > close[1]',
      timeframe: '1d',
      matched: { SCAN_HIT: ['AAA'] },
    })
  })

  it('says in a table that nothing is new, not that nothing matches', async () => {
    await evening(2, 'table.json')
    const args = ['scan', RISING, '-d', DATA, '--to', dated(2), '--last', '1', '--new', '--state', pathOf('table.json')]
    expect((await run(args)).stdout).toBe(' no new match in 3 symbols\n')
  })

  it('goes on when the formula is only written in another way, and begins anew when it is another', async () => {
    await evening(2, 'formula.json')
    const spelled = await evening(2, 'formula.json', { formula: '// up\nup = (close[1] < close)\nup' })
    expect(spelled.symbols).toEqual([])
    const other = await evening(2, 'formula.json', { formula: 'close > 1' })
    expect(other.symbols).toEqual(['AAA', 'BBB', 'CCC'])
    expect(other.stderr).toContain(`${pathOf('formula.json')} is of another formula: every match is new`)
    expect((await evening(2, 'formula.json', { formula: 'close > 1' })).symbols).toEqual([])
  })

  it('begins anew when the candles have another length', async () => {
    await evening(2, 'length.json')
    write('length.json', JSON.stringify({ ...stateOf('length.json'), timeframe: '1w' }))
    const daily = await evening(2, 'length.json')
    expect(daily.symbols).toEqual(['AAA', 'BBB'])
    expect(daily.stderr).toContain(`${pathOf('length.json')} is of 1w candles: every match is new`)
  })

  it('keeps the signals of a script apart', async () => {
    const formula = 'entry = close > close[1]; exit = close < close[1]'
    const [first, second] = [await evening(1, 'roles.json', { formula }), await evening(2, 'roles.json', { formula })]
    expect(first.symbols).toEqual(['AAA', 'BBB', 'CCC'])
    // AAA rises again and CCC falls again; BBB fell and rises now.
    expect(second.symbols).toEqual(['BBB'])
    expect(stateOf('roles.json').matched).toEqual({ entry: ['AAA', 'BBB'], exit: ['CCC'] })
  })

  it('does not take a symbol that could not be read for one that stopped matching', async () => {
    const without = write('without.csv', candles({ AAA: [10, 11, 12] }))
    const more = ['--symbols', 'AAA,BBB']
    expect((await evening(2, 'failed.json', { more })).symbols).toEqual(['AAA', 'BBB'])
    expect((await evening(2, 'failed.json', { more, data: without })).symbols).toEqual([])
    expect((await evening(2, 'failed.json', { more })).symbols).toEqual([])
  })

  it.each([
    ['damaged', '{"version":1,"formula":"scan: clo'],
    ['of a later version', '{"version":2,"formula":"","timeframe":"1d","matched":{}}'],
    ['something else', '{"name":"millrace"}'],
    ['empty', ''],
  ])('refuses a state that is %s, and leaves the file as it is', async (_what, text) => {
    const file = write('refused.json', text)
    const { code, stdout, stderr } = await evening(1, 'refused.json')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`${file} is damaged, or no state of millrace scan --new: name another file`)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('finds out before the scan that the state cannot be written', async () => {
    const { code, stdout, stderr } = await evening(1, 'no-such-folder/state.json')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`cannot write ${pathOf('no-such-folder/state.json')}`)
  })

  it('remembers nothing where the results could not be written', async () => {
    mkdirSync(pathOf('folder.csv'))
    const { code } = await evening(1, 'unwritten.json', { more: ['-o', pathOf('folder.csv')] })
    expect([code, existsSync(pathOf('unwritten.json'))]).toEqual([2, false])
  })

  it.each([
    [['--new'], '--state FILE'],
    [['--state', 'x.json'], '--state is for what is new: give --new as well'],
    [['--new', '--state', 'x.json', '-o', './x.json'], '--state and --output name the same file: give each its own'],
  ])('says what %j needs', async (options, message) => {
    const { code, stderr } = await run(['scan', RISING, '-d', 'no-such.csv', ...options])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

describe('scan --exec', () => {
  const SCAN = ['scan', RISING, '-d', DATA]

  it('runs a command for the latest match of each symbol, which comes as variables and as a line of JSON', async () => {
    const file = pathOf('ran.txt')
    const command = `echo "$MILLRACE_SYMBOL|$MILLRACE_TIME|$MILLRACE_TIMEFRAME|$MILLRACE_SIGNAL|$MILLRACE_ROLE|$MILLRACE_OPEN|$MILLRACE_CLOSE|$MILLRACE_VOLUME" >> '${file}'; cat >> '${file}'`
    const { code, stderr } = await run([...SCAN, '--exec', command])
    expect(code).toBe(0)
    expect(stderr).not.toContain('failed')
    const json = (await run([...SCAN, '-f', 'ndjson'])).stdout.split('\n')
    expect(readFileSync(file, 'utf8').split('\n')).toEqual([
      'AAA|2024-01-05|1d|SCAN_HIT||11|12|5000',
      json[2],
      'BBB|2024-01-04|1d|SCAN_HIT||20|21|4000',
      json[4],
      '',
    ])
  })

  it('gives times of candles within the day, the role, and nothing where a volume is unknown', async () => {
    const hours =
      'symbol,time,open,high,low,close\nAAA,2024-01-02T09:00:00Z,1,2,1,2\nAAA,2024-01-02T10:00:00Z,1,3,1,3\n'
    const data = write('hours.csv', hours)
    const command = 'echo "$MILLRACE_TIME $MILLRACE_SIGNAL $MILLRACE_ROLE [$MILLRACE_VOLUME]"'
    const { stderr } = await run(['scan', 'short = close > 2', '-d', data, '--exec', command, '-q'])
    expect(stderr).toBe('2024-01-02T10:00:00.000Z ENTRY short []\n')
  })

  it('shows what commands print beside the notes: stdout is for results', async () => {
    const { stdout, stderr } = await run([...SCAN, '--exec', 'echo "told $MILLRACE_SYMBOL"', '-f', 'csv'])
    expect(stdout).not.toContain('told')
    expect(stderr.match(/^told .*$/gm)).toEqual(['told AAA', 'told BBB'])
  })

  it('never runs what a symbol is called', async () => {
    const bad = ['$(touch pwned)', '`touch pwned`', "'; touch pwned; '", '""; touch pwned', '-rf\n touch pwned']
    const cells = bad.map((name) => [`"${name.replaceAll('"', '""')}"`, [10, 11]])
    const data = write('hostile.csv', candles(Object.fromEntries(cells)))
    const file = pathOf('hostile.txt')
    const command = `cd '${FOLDER}' && printf '%s\\0' "$MILLRACE_SYMBOL" >> '${file}'`
    const { code } = await run(['scan', RISING, '-d', data, '--exec', command])
    expect(code).toBe(0)
    expect(readFileSync(file, 'utf8').split('\0').sort()).toEqual(['', ...bad].sort())
    expect(existsSync(pathOf('pwned'))).toBe(false)
  })

  it('goes on behind a command that fails, says so with exit code 1, and counts its symbol as new again', async () => {
    const more = ['--exec', 'test "$MILLRACE_SYMBOL" != AAA || exit 7']
    const first = await evening(2, 'command.json', { more })
    expect([first.code, first.symbols]).toEqual([1, ['AAA', 'BBB']])
    expect(first.stderr).toContain('1 of 2 commands failed: AAA (exit code 7); new again in the next run')
    const second = await evening(2, 'command.json', { more: ['--exec', 'exit 0'] })
    expect([second.code, second.symbols]).toEqual([0, ['AAA']])
    const ended = await run([...SCAN, '-s', 'AAA', '--exec', 'kill -9 $$'])
    expect([ended.code, ended.stderr]).toEqual([
      1,
      expect.stringContaining('1 of 1 command failed: AAA (ended by SIGKILL)\n'),
    ])
  })

  it('ends with Ctrl-C between two commands, and remembers nothing', async () => {
    const state = ['--new', '--state', pathOf('interrupted.json')]
    const child = start([...SCAN, ...state, '--exec', 'echo "told $MILLRACE_SYMBOL" && exec sleep 600'])
    let told = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      told += text
      if (text.includes('told AAA')) child.kill('SIGINT')
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect([code, told]).toEqual([130, expect.stringMatching(/told AAA\ncancelled\n$/)])
    expect(existsSync(pathOf('interrupted.json'))).toBe(false)
  })
})

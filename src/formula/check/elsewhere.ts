import { excerpt } from '../errors/problems.ts'

/** What an error says: what is wrong, and what to do. */
export type Answer = readonly [message: string, hint: string]

/** Functions and variables of Pine that are not here yet, and what has the same values where something has. */
const MISSING: Readonly<Record<string, string>> = {
  'ta.accdist': 'cum((2 * close - high - low) / (high - low) * volume)',
  'ta.alma': '',
  'ta.bbw': '400 * stdev(close, 20) / sma(close, 20)',
  'ta.cmo': '100 * sum(change(close), 14) / sum(abs(change(close)), 14)',
  'ta.cog': '',
  'ta.correlation': '',
  'ta.iii': '(2 * close - high - low) / ((high - low) * volume)',
  'ta.kc': 'ema(close, 20) + 2 * ema(tr, 20)',
  'ta.kcw': '4 * ema(tr, 20) / ema(close, 20)',
  'ta.linreg': '3 * wma(close, 14) - 2 * sma(close, 14)',
  'ta.median': '',
  'ta.mode': '',
  'ta.nvi': '',
  'ta.percentile_linear_interpolation': '',
  'ta.percentile_nearest_rank': '',
  'ta.percentrank': '',
  'ta.pivot_point_levels': '',
  'ta.pivothigh': 'high[2] == highest(high, 5)',
  'ta.pivotlow': 'low[2] == lowest(low, 5)',
  'ta.pvi': '',
  'ta.pvt': 'cum(change(close) / close[1] * volume)',
  'ta.range': 'highest(close, 14) - lowest(close, 14)',
  'ta.rci': '',
  'ta.sar': '',
  'ta.supertrend': '',
  'ta.swma': '(close + 2 * close[1] + 2 * close[2] + close[3]) / 6',
  'ta.tsi': 'ema(ema(change(close), 25), 13) / ema(ema(abs(change(close)), 25), 13)',
  'ta.variance': 'stdev(close, 20) ** 2',
  'ta.vwap': 'vwma(hlc3, 20)',
  'ta.wad': '',
  'ta.wvad': '(close - open) / (high - low) * volume',
  'math.acos': '',
  'math.asin': '',
  'math.atan': '',
  'math.avg': '(open + close) / 2',
  'math.cos': '',
  'math.random': '',
  'math.round_to_mintick': '',
  'math.sin': '',
  'math.tan': '',
  'math.todegrees': '',
  'math.toradians': '',
  'math.e': 'exp(1)',
  'math.phi': '1.618033988749895',
  'math.pi': '3.141592653589793',
  'math.rphi': '0.618033988749895',
}

const DRAWS: Answer = ['draws on a chart, and a formula has none', 'leave it out']
const ROLES: Answer = ['gives orders', 'name the condition: entry = …, exit = …, short = …, cover = …']
const PARAM: Answer = ['asks for a setting', 'write it on a line of its own: param length = 14 in 2..100']
const OTHER_TIME: Answer = [
  'is for another timeframe (tf), which is not there yet',
  'run the formula on candles of that timeframe',
]
const ALERTS: Answer = ['sends a message', 'leave it out: write the condition, and every match is told']
const CLOSED: Answer = ['asks about the bar that is still moving', 'leave it out: every candle here is a closed one']
const NO_COLLECTIONS: Answer = ['needs a type that the language does not have', 'a value is a number or a condition']

/** Names of other languages that are nothing here, and what is written instead; `name.` stands for all behind it. */
const FOREIGN: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ...[
    'plot',
    'plotshape',
    'plotchar',
    'plotarrow',
    'plotbar',
    'plotcandle',
    'hline',
    'fill',
    'bgcolor',
    'barcolor',
  ].map((name) => [name, DRAWS] as const),
  ...['color.', 'label.', 'line.', 'box.', 'table.', 'shape.', 'size.', 'location.', 'polyline.', 'linefill.'].map(
    (name) => [name, DRAWS] as const,
  ),
  ...['array.', 'matrix.', 'map.', 'str.'].map((name) => [name, NO_COLLECTIONS] as const),
  ...['indicator', 'study', 'library'].map(
    (name) => [name, ['is the head of a script on a chart', 'leave it out']] as const,
  ),
  ['strategy', ['is the head of a script on a chart', 'leave it out']],
  ['strategy.', ROLES],
  ['alert', ALERTS],
  ['alertcondition', ALERTS],
  ['alert.', ALERTS],
  ['input', PARAM],
  ['input.', PARAM],
  ['request.', OTHER_TIME],
  ['security', OTHER_TIME],
  ['barstate.', CLOSED],
  ['timeframe.', ['asks for the timeframe of a chart', 'leave it out: the job says which timeframe it is']],
  ['syminfo.', ['asks for the symbol of a chart', 'leave it out: the job says which symbols it is about']],
  ['session.', ['asks for the session of a chart', 'compare hour and minute: hour >= 9 and hour < 15']],
  ['dayofmonth', ['is written day here', 'write day']],
  ['last_bar_index', ['would read the future', 'leave it out: the job says how many bars are looked at']],
  ['fixnan', ['is known and not here yet', 'write valuewhen(not na(close), close, 0)']],
  ['iff', ['is written if here', 'write if(close > open, 1, 0), or close > open ? 1 : 0']],
  ['avg', ['is known and not here yet', 'write (open + close) / 2, or sma(close, 20) for a mean over bars']],
])

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** What is said about a name that is known elsewhere and not here; undefined for a name that nobody knows. */
export function elsewhere(name: string): Answer | undefined {
  const day = name.startsWith('dayofweek.') ? DAYS.indexOf(name.slice('dayofweek.'.length)) + 1 : 0
  if (day > 0) {
    return [`${name} is the number ${day} here`, `write dayofweek == ${day}; weekday counts from Monday, which is 1`]
  }
  const missing = ['', 'ta.'].map((prefix) => prefix + name).find((each) => Object.hasOwn(MISSING, each))
  if (missing !== undefined) return [`${name} is known and not here yet`, missingHint(MISSING[missing] as string)]
  const answer = FOREIGN.get(name) ?? FOREIGN.get(name.slice(0, name.indexOf('.') + 1))
  return answer && [`${excerpt(name)} ${answer[0]}`, answer[1]]
}

function missingHint(formula: string): string {
  return formula === ''
    ? 'the reference of indicators lists what there is'
    : `until then write, for example, ${formula}`
}

/** Every missing function and the formula that stands in for it, empty where none does; tests run them. */
export function standIns(): readonly (readonly [name: string, formula: string])[] {
  return Object.entries(MISSING)
}

// Generated from crates/formula/src by `npm run generate`. Do not edit.

/** What the bytes of a plan begin with. */
export const MAGIC = 0x3352494d

/** What the numbers in a plan's bytes mean in this build: 64 bits, which the kernels and every plan have too. */
export const CATALOGUE_HASH = '8e8be6807826af5e'

/** What a node is; its place is its number in the bytes, here and below. */
export const NODE_KINDS = ['constant', 'column', 'call'] as const

/** What a plan reads: the candle, its time (ms UTC), and its time as a clock in the job's zone shows it. */
export const COLUMN_NAMES = ['open', 'high', 'low', 'close', 'volume', 'time', 'local_time'] as const

/** The columns of a candle besides its time, in the order every part of millrace uses. */
export const CANDLE_COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const

/** What a true value of a signal means: a hit of a scan, or a role. */
export const SIGNALS = ['scan', 'entry', 'exit', 'short', 'cover'] as const

export const ROLES = ['entry', 'exit', 'short', 'cover'] as const

/** The groups of the catalogue's functions. */
export const GROUPS = ['average', 'calendar', 'condition', 'math', 'momentum', 'operator', 'statistic', 'trend', 'volatility', 'volume'] as const

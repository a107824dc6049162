/** What keeps a formula of a stranger safe to read and to run. */

/** Characters of the text (UTF-16 code units). */
export const MAX_TEXT = 100_000

/** Parentheses, calls, brackets, conditionals and prefix operators inside each other; a flat chain counts nothing. */
export const MAX_NESTING = 200

/** Nodes of the lowered formula. */
export const MAX_NODES = 10_000

/** Variables and parameters. */
export const MAX_NAMES = 5_000

/** User columns (`col.marketcap`) that one formula reads, and characters of the name of one. */
export const MAX_USER_COLUMNS = 100
export const MAX_COLUMN_NAME = 60

/** Values that go with every match, variables and indicators: 8 bytes each, times the matches. */
export const MAX_REPORTS = 5_000

/** Characters of one operand inside a canonical text; a longer one is replaced by its digest. */
export const MAX_OPERAND_TEXT = 1_000

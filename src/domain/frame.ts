/** A table as typed columns of one length: what data frames and their files are made of. Never without a column. */
export type Frame = readonly FrameColumn[]

/** Unknown is a number that is not finite; a condition is 1 or 0; a time is milliseconds UTC and always known. */
export type FrameColumn =
  | { readonly name: string; readonly type: 'number' | 'condition' | 'time'; readonly values: Float64Array }
  | {
      readonly name: string
      readonly type: 'text'
      /** The different texts. Frames that are parts of one table share the list, which may grow with each of them. */
      readonly texts: readonly string[]
      /** Which of them each row has. */
      readonly positions: Int32Array
    }

/**
 * Names for further columns behind those there are. One that is taken, letters being equal in either case as SQL has
 * it, gets ` (value)` behind it, and a number where that is taken as well.
 */
export function freeNames(names: readonly string[], columns: readonly string[]): string[] {
  const taken = new Set(columns.map((name) => name.toLowerCase()))
  return names.map((name) => {
    let free = name
    for (let count = 1; taken.has(free.toLowerCase()); count++) {
      free = count === 1 ? `${name} (value)` : `${name} (${count})`
    }
    taken.add(free.toLowerCase())
    return free
  })
}

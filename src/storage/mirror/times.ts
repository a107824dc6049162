/** Times as Arrow has them, whole numbers of 64 bits, by their halves: as a BigInt each would cost twelve times as much. */

const HALF = 2 ** 32

/** Milliseconds as the halves of whole numbers, the lower one first. */
export function wordsOf(time: Float64Array): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(2 * time.length)
  for (let row = 0; row < time.length; row++) {
    const ms = time[row]!
    const upper = Math.floor(ms / HALF)
    words[2 * row] = ms - upper * HALF
    words[2 * row + 1] = upper
  }
  return words
}

export function timesOf(words: Uint32Array): Float64Array<ArrayBuffer> {
  const time = new Float64Array(words.length / 2)
  for (let row = 0; row < time.length; row++) time[row] = (words[2 * row + 1]! | 0) * HALF + words[2 * row]!
  return time
}

/** Something that is made when it is first asked for, and stays; where making it failed, the next call tries again. */
export function lasting<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}

/** The files of test/data/kinds by their path. */
export const KINDS: Readonly<Record<string, string>>

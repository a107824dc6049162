import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { nearestNames } from '../domain/nearest.ts'
import { UsageError } from './failure.ts'

const ENDING = '.formula'

/** Said in the help of every command that takes a formula from a file. */
export const FORMULAS_HELP = `
@name is a file of the current folder, else name or name${ENDING} in the folder \
that the variable MILLRACE_FORMULAS names.`

/**
 * Where `@name` is: a file by that path, else, for a name without folders, `name` or `name.formula` in the folder of
 * MILLRACE_FORMULAS.
 *
 * @throws UsageError when a name is nowhere, with where it was looked for and the nearest names.
 */
export function findFormula(name: string): string {
  // A path says itself where it leads; reading it says what is wrong with it.
  if (basename(name) !== name || isFile(name)) return name
  const folder = formulaFolder()
  const found = folder === undefined ? undefined : [name, name + ENDING].map((each) => join(folder, each)).find(isFile)
  if (found !== undefined) return found
  const near = nearestNames(name, formulaNames())
  const hint = near.length > 0 ? `; did you mean @${near.join(' or @')}?` : ''
  throw new UsageError(
    `cannot read ${name}: there is no such file in the current folder, ${elsewhere(name, folder)}${hint}`,
  )
}

/** What may stand behind `@`: files of formulas here, and names of the folder. */
export function formulaNames(): string[] {
  const folder = formulaFolder()
  const here = filesOf('.').filter((file) => file.endsWith(ENDING))
  const there = folder === undefined ? [] : filesOf(folder).map((file) => basename(file, ENDING))
  return [...new Set([...here, ...there])]
}

/** Which folder has been looked in, or why none. */
function elsewhere(name: string, folder: string | undefined): string {
  if (folder === undefined) return 'and MILLRACE_FORMULAS is not set'
  if (kindOf(folder) !== 'folder') return `and MILLRACE_FORMULAS names no folder: ${folder}`
  const names = name.endsWith(ENDING) ? name : `${name} or ${name}${ENDING}`
  return `nor ${names} in ${folder} (MILLRACE_FORMULAS)`
}

function formulaFolder(): string | undefined {
  return process.env.MILLRACE_FORMULAS || undefined
}

function isFile(path: string): boolean {
  return kindOf(path) === 'file'
}

/** What is no folder is a file here, also a pipe, and what cannot be looked at: reading it says why. */
function kindOf(path: string): 'file' | 'folder' | 'nothing' {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found === undefined ? 'nothing' : found.isDirectory() ? 'folder' : 'file'
  } catch {
    return 'file'
  }
}

function filesOf(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
  } catch {
    return []
  }
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/shared-data.ts'

/** A recipe of docs/bundling.md: its files by name, and the lines of its commands. */
export interface Recipe {
  files: ReadonlyMap<string, string>
  commands: readonly string[]
}

const page = readFileSync(join(root, 'docs/bundling.md'), 'utf8')
const sections = new Map(
  page.split(/^#{1,3} /m).map((section) => [section.split('\n', 1)[0]!.trim(), blocksOf(section)] as const),
)

/** What stands under a heading; of two blocks for one file, the first or the last. */
export function recipe(heading: string, which: 'first' | 'last' = 'first'): Recipe {
  const blocks = sections.get(heading)
  if (!blocks) throw new Error(`docs/bundling.md has no heading ${heading}`)
  const files = new Map<string, string>()
  for (const { name, text } of blocks) if (name && (which === 'last' || !files.has(name))) files.set(name, text)
  const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trim().split('\n'))
  return { files, commands }
}

function blocksOf(section: string) {
  const blocks = section.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)
  return Array.from(blocks, ([, language, name, text]) => ({ language, name, text: text! }))
}

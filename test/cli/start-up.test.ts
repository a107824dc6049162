import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { CLI } from './support.ts'

/** Packages that are loaded with a module, before anything runs. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>()
  if (seen.has(file)) return packages
  seen.add(file)
  const statements = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) (?:[\w*{}\s,$]+ from )?['"]([^'"]+)['"];/gm,
  )
  for (const [, name] of statements) {
    if (!name!.startsWith('.')) packages.add(name!)
    else for (const each of packagesOf(fileURLToPath(new URL(name!, pathToFileURL(file))), seen)) packages.add(each)
  }
  return packages
}

it('a command loads only what parses its options, until it knows what it has to do', () => {
  const loaded = [...packagesOf(CLI)].filter((name) => !name.startsWith('node:'))
  expect(loaded.sort()).toEqual(['commander', 'picocolors'])
})

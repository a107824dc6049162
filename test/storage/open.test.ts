import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { openRepository } from '../../src/storage/open.ts'
import { Files } from './files.ts'

const files = new Files()
afterAll(() => files.close())

function moduleOf(name: string, source: string): string {
  const path = files.path(name)
  writeFileSync(path, source)
  return pathToFileURL(path).href
}

describe('openRepository', () => {
  it('opens a module by its default export, with the options', async () => {
    const url = moduleOf('own.mjs', 'export default async (options) => ({ symbols: async () => [options.only] })')
    const repository = await openRepository({ kind: 'module', url, options: { only: 'A' } })
    expect(await repository.symbols('1d')).toEqual(['A'])
  })

  it('says what a module without a default function lacks', async () => {
    const url = moduleOf('empty.mjs', 'export const repository = 1')
    await expect(openRepository({ kind: 'module', url, options: {} })).rejects.toMatchObject({
      code: 'DATA_OPTION',
      message: `${url} has no function as its default export: export default (options) => repository`,
    })
  })
})

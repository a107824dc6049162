import { DataError } from '../domain/errors.ts'
import type { DuckdbDescription } from './duckdb/repository.ts'
import type { MemorySnapshot } from './memory.ts'
import type { MirrorDescription } from './mirror/repository.ts'
import type { CandleRepository, RepositoryDescription } from './repository.ts'

type RepositoryFactory = (options: unknown) => CandleRepository | Promise<CandleRepository>

/**
 * Opens a repository from its description, in whatever thread this is. Adapters are loaded only when they are needed, so
 * this file can go into a browser.
 *
 * @param openers How many threads open it: they share the memory that it may take.
 *
 * @throws DataError `DATA_OPTION` when a module has no function as its default export; and whatever the adapter throws.
 */
export async function openRepository(description: RepositoryDescription, openers = 1): Promise<CandleRepository> {
  switch (description.kind) {
    case 'memory': {
      const { openMemory } = await import('./memory.ts')
      return openMemory(description.options as MemorySnapshot)
    }
    case 'duckdb': {
      const { openDuckdbDescription } = await import('./duckdb/repository.ts')
      return openDuckdbDescription(description.options as DuckdbDescription, openers)
    }
    case 'mirror': {
      const { openMirrorDescription } = await import('./mirror/repository.ts')
      const { options } = description as { options: MirrorDescription }
      return openMirrorDescription(options, (inner) => openRepository(inner, openers))
    }
    case 'module': {
      const { url } = description
      const module: { default?: unknown } = await import(url)
      if (typeof module.default !== 'function') {
        const message = `${url} has no function as its default export: export default (options) => repository`
        throw new DataError('DATA_OPTION', message, { option: 'url', url })
      }
      return (module.default as RepositoryFactory)(description.options)
    }
  }
}

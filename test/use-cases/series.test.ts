import { expect, it } from 'vitest'
import { createEngine } from '../../src/node.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { SeriesUseCase } from '../../src/use-cases/series.ts'

const MISSING = "expressions must be a list: ['rsi(14)']; got undefined"

it.each([
  [undefined, 'expressions', MISSING],
  [null, 'expressions', MISSING],
  [{}, 'expressions', MISSING],
  [{ expressions: 'close' }, 'expressions', "expressions must be a list: ['close']"],
  [{ expressions: ['close', 14] }, 'expressions.1', "expressions[1] must be text like '14'; got 14"],
])('a job for series without a list of texts is refused: %j', async (job, path, message) => {
  const engine = createEngine({ repository: memoryRepository({}), executor: 'inline' })
  await expect(new SeriesUseCase(engine).execute(job as never)).rejects.toMatchObject({
    name: 'JobError',
    code: 'JOB_FORMULA',
    message,
    fields: { path },
  })
  await engine.close()
})

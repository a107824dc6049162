import { move, transferableSymbol, valueSymbol, workerData } from 'piscina'
import { openRepository } from '../../storage/open.ts'
import type { Reply, ScanPart, SeriesPart, Task, WorkerSetup } from '../shared/protocol.ts'
import { serialise } from '../shared/serialise.ts'
import { Session } from './session.ts'

const setup = workerData as WorkerSetup
const session = new Session(setup, { open: (description) => openRepository(description, setup.workers) })

/** Runs a task of the pool. */
export default async function runTask(task: Task): Promise<Reply<ScanPart | SeriesPart>> {
  try {
    const value = task.kind === 'scan' ? await session.scan(task) : await session.series(task)
    return handOver({ value })
  } catch (error) {
    return { error: serialise(error) }
  }
}

/** Closes what the session has open; it runs no task after that. */
export async function close(): Promise<Reply<void>> {
  try {
    return { value: await session.close() }
  } catch (error) {
    return { error: serialise(error) }
  }
}

/** Marks every buffer of a reply to be moved, not copied. */
function handOver<T extends Reply<ScanPart | SeriesPart>>(reply: T): T {
  return move({ [transferableSymbol]: [...buffersIn(reply)], [valueSymbol]: reply } as never) as unknown as T
}

function buffersIn(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer)
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) buffersIn(part, found)
  }
  return found
}

import { parentPort, workerData } from 'node:worker_threads'
import { openRepository } from '../../storage/open.ts'
import type { Reply, ToWorker, WorkerSetup } from '../shared/protocol.ts'
import { serialise } from '../shared/serialise.ts'
import { Session } from './session.ts'

const setup = workerData as WorkerSetup
const session = new Session(setup, { open: (description) => openRepository(description, setup.workers) })

parentPort?.on('message', async (asked: ToWorker) => {
  const reply = await answer(asked)
  try {
    parentPort?.postMessage(reply, [...buffersIn(reply)])
  } catch (error) {
    // What a repository has put into an error may be a function.
    refuse(error)
  }
})
// A task that cannot be read on this side: without an answer its job would wait for ever.
parentPort?.on('messageerror', refuse)

function refuse(error: unknown) {
  parentPort?.postMessage({ error: serialise(error) })
}

async function answer(asked: ToWorker): Promise<Reply<unknown>> {
  try {
    return { value: await (asked === 'close' ? session.close() : session.run(asked)) }
  } catch (error) {
    return { error: serialise(error) }
  }
}

/** Every buffer of a reply: they are moved, not copied. */
function buffersIn(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer)
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) buffersIn(part, found)
  }
  return found
}

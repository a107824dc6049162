// A worker that cannot start while the test says so.
import { parentPort, workerData } from 'node:worker_threads'

if (Atomics.load(workerData.isBroken, 0) !== 0) throw new Error('no room for another thread')
// Threads that have loaded; past the end where the test does not count them.
if (workerData.isBroken.length > 1) Atomics.add(workerData.isBroken, 1, 1)

parentPort.on('message', () => parentPort.postMessage({ value: 'done' }))

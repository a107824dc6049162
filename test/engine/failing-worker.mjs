// A worker that cannot start while the test says so.
import { workerData } from 'piscina'

if (Atomics.load(workerData.isBroken, 0) !== 0) throw new Error('no room for another thread')

export default () => ({ value: 'done' })

export const close = () => ({ value: undefined })

// One rayon thread in Node: what the snippet of wasm-bindgen-rayon does in a worker of a browser.
import { parentPort } from 'node:worker_threads'

// The snippet listens for its own start when it is loaded; here this file starts instead.
globalThis.self = { addEventListener() {}, removeEventListener() {} }

parentPort.once('message', async ({ mainJS, module, memory, receiver }) => {
  const { initSync, wbg_rayon_start_worker } = await import(mainJS)
  initSync({ module, memory })
  parentPort.postMessage({ type: 'wasm_bindgen_worker_ready' })
  // Waits for work inside WASM, until the thread is ended.
  wbg_rayon_start_worker(receiver)
})

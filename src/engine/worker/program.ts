import { EngineError } from '../../domain/errors.ts'
import { Program } from '../../wasm/simd/millrace.js'

/**
 * A plan ready to run.
 *
 * @throws EngineError `ENGINE_WASM` for the bytes of another build, and for what is no plan.
 */
export function programOf(bytes: Uint8Array): Program {
  try {
    return new Program(bytes)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new EngineError('ENGINE_WASM', `the kernels refuse the plan: ${reason}`, { reason }, { cause })
  }
}

import { configureGlobal } from 'fast-check'

// The same random inputs in every run, so that a red test is red for everybody; other ones by MILLRACE_SEED.
configureGlobal({ seed: Number(process.env.MILLRACE_SEED ?? 20_261_124) })

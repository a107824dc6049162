import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They have a command of their own: npm run test:consumers.
    exclude: ['test/consumers/**'],
    globalSetup: 'test/support/build.ts',
    setupFiles: ['test/support/seed.ts'],
    // Two cores: each file that starts engines brings threads of its own.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // Lists of names, and what the build fills in.
      exclude: ['src/**/*.generated.ts', 'src/wasm/**', 'src/{core,node,inline}.ts'],
      reporter: ['text-summary', 'json-summary', 'text'],
      thresholds: { lines: 85 },
    },
  },
})

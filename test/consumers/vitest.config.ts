import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/consumers/*.test.ts'],
    globalSetup: 'test/consumers/install.ts',
    // One after another: builds have the machine to themselves, and share the installed packages.
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
})

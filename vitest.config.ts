import { defineConfig } from 'vitest/config';

// vitest reads a default export; nothing of ours imports it.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000, maxWorkers: 2 },
});

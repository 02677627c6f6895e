import { defineConfig } from 'vitest/config';

/** Tests of what is shipped run dist/ and bin/: these alone need a build. */
const SHIPPED = [
  'test/e2e/**/*.test.ts',
  'test/promises/*.shipped.test.ts',
  'test/packaging/**/*.test.ts',
  'test/tooling/cli-*.test.ts',
];
const START_GATE = 'test/tooling/cli-start.test.ts';

const report = process.env['CONCEPT_TEST_REPORT'];

// vitest reads a default export; nothing of ours imports it.
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'source',
          include: ['test/**/*.test.ts'],
          exclude: SHIPPED,
          globalSetup: 'test/support/postgres/global-setup.ts',
        },
      },
      {
        extends: true,
        test: { name: 'shipped', include: SHIPPED, exclude: [START_GATE], globalSetup: 'test/global-setup.ts' },
      },
      {
        extends: true,
        // It measures: it runs after all the others, with the machine to itself.
        test: {
          name: 'start',
          include: [START_GATE],
          globalSetup: 'test/global-setup.ts',
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

import { defineConfig } from 'vitest/config';

/** Integration and system suites share two cores and whole environments, so their files run one after another. */
const sequential = { fileParallelism: false, testTimeout: 180_000, hookTimeout: 180_000 };

export default defineConfig({
  test: {
    reporters: ['default', './scripts/support/verdict-line-reporter.ts'],
    projects: [
      { test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], testTimeout: 20_000 } },
      {
        test: {
          name: 'workflow',
          include: ['tests/workflow/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'integration', include: ['tests/integration/**/*.test.ts'], ...sequential } },
      {
        test: { name: 'system', include: ['tests/system/**/*.test.ts'], ...sequential, testTimeout: 600_000 },
      },
    ],
  },
});

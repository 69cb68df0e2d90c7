import { defineConfig } from 'vitest/config';

/** Integration and system suites share two cores and whole environments, so their files run one after another. */
const sequential = { fileParallelism: false, testTimeout: 180_000, hookTimeout: 180_000 };

/** With coverage measured, what tests start is measured too (scripts/test-all.sh). */
const setupFiles = process.env['E2E_COVERAGE'] === undefined ? [] : ['./scripts/support/measure-children.ts'];

/** The projects run one after another too: an environment beside a unit suite would be slow for no fault of its own. */
const inTurn = (groupOrder: number) => ({ setupFiles, sequence: { groupOrder } });

export default defineConfig({
  test: {
    reporters: ['default', './scripts/support/verdict-line-reporter.ts'],
    // Only with `--coverage`; scripts/coverage.ts judges it together with that of processes.
    coverage: {
      provider: 'v8',
      reporter: ['json'],
      reportsDirectory: 'coverage/vitest',
      exclude: ['tests/**', 'scripts/**'],
      // Red tests are told apart from thin coverage.
      reportOnFailure: true,
    },
    projects: [
      { test: { name: 'unit', ...inTurn(0), include: ['tests/unit/**/*.test.ts'], testTimeout: 20_000 } },
      {
        test: {
          name: 'workflow',
          ...inTurn(1),
          include: ['tests/workflow/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          ...inTurn(2),
          include: ['tests/integration/**/*.test.ts'],
          ...sequential,
        },
      },
      {
        test: {
          name: 'system',
          ...inTurn(3),
          include: ['tests/system/**/*.test.ts'],
          ...sequential,
          testTimeout: 600_000,
        },
      },
    ],
  },
});

import type { Reporter, TestModule } from 'vitest/node';

/** Prints the closing line `N passed, N failed[, N skipped]` that the build service reads; unlike the default line it carries no colour. */
export default class VerdictLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      // A file that fails to load has no tests; without this it would vanish from the count.
      if (tests.length === 0 && !module.ok()) counts.failed += 1;
      for (const test of tests) {
        const state = test.result().state;
        if (state === 'passed' || state === 'failed') counts[state] += 1;
        else counts.skipped += 1;
      }
    }
    const skipped = counts.skipped === 0 ? '' : `, ${String(counts.skipped)} skipped`;
    process.stdout.write(`\n${String(counts.passed)} passed, ${String(counts.failed)} failed${skipped}\n`);
  }
}

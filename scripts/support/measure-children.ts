/**
 * Set-up of tests whose coverage is measured (`E2E_COVERAGE`). The test runner measures its own workers; what they start,
 * processes and the threads of Temporal's sandbox, measures itself from here on. Not the worker: its code is transformed.
 */
const directory = process.env['E2E_COVERAGE'];
if (directory !== undefined) {
  process.env['NODE_V8_COVERAGE'] = directory;
  process.env['NODE_DISABLE_COMPILE_CACHE'] = '1';
}

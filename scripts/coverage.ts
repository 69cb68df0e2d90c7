import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { COMPONENTS, OVERALL_GOAL_PERCENT, SOURCE_DIRECTORIES } from './coverage/components.ts';
import { reportCoverage } from './coverage/report.ts';

/**
 * Tells how much of each component ran while the scenarios and the tests did, and is red (exit code 1) below a goal.
 * `make test-all` measures first; `--in` reads (and writes pages to) another directory than `coverage`.
 */
const { values } = parseArgs({ options: { in: { type: 'string', default: 'coverage' } } });
const root = join(import.meta.dirname, '..');
const directory = join(root, values.in);

const { text, reached } = await reportCoverage({
  root,
  directories: SOURCE_DIRECTORIES,
  components: COMPONENTS,
  overallGoalPercent: OVERALL_GOAL_PERCENT,
  htmlDirectory: directory,
  scenarios: { rawDirectory: join(directory, 'raw', 'scenarios') },
  tests: {
    rawDirectory: join(directory, 'raw', 'tests'),
    reportFile: join(directory, 'vitest', 'coverage-final.json'),
  },
});
process.stdout.write(`${text}\n\npages: ${join(values.in, 'index.html')}\n`);
process.exitCode = reached ? 0 : 1;

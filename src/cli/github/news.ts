import { join } from 'node:path';

import type { RunState } from '../../contracts/runs.ts';
import type { SuiteState } from '../../contracts/suites.ts';
import { runMarkdown } from '../../reporting/markdown/run.ts';
import { suiteMarkdown } from '../../reporting/markdown/suite.ts';
import { readRunsOfSuite } from '../../reporting/suite-files.ts';
import { annotationsOfRun, annotationsOfSuite } from './annotations.ts';
import type { GitHubNews } from './tell-github.ts';

export function newsOfRun(run: RunState): GitHubNews {
  return { markdown: runMarkdown(run), annotations: annotationsOfRun(run) };
}

export async function newsOfSuite(suite: SuiteState, stateDirectory: string): Promise<GitHubNews> {
  const runs = await readRunsOfSuite(join(stateDirectory, 'runs'), suite);
  return { markdown: suiteMarkdown({ suite, runs }), annotations: annotationsOfSuite(suite) };
}

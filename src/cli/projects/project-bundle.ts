import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { loadWorkflowBundle, type WorkflowBundle } from '../../support/workflow-bundle.ts';
import type { Project } from './load-project.ts';

/**
 * One bundle of our workflows (suites are run by ours) and the project's. Its entry lies in this package's cache, so that
 * Temporal's workflow package is resolved once, here: two copies in one sandbox would not see each other.
 */
export async function loadProjectBundle(project: Project, root: string): Promise<WorkflowBundle> {
  const cacheDir = join(root, '.cache', 'bundles');
  const key = createHash('sha256').update(project.scenariosFile).digest('hex').slice(0, 12);
  const entry = join(cacheDir, `project-${project.name}-${key}.ts`);
  await mkdir(cacheDir, { recursive: true });
  await writeFile(entry, entryText(project, root, cacheDir));
  return loadWorkflowBundle({ entry, cacheDir });
}

function entryText({ scenariosFile }: Project, root: string, directory: string): string {
  const from = (path: string): string => JSON.stringify(`./${relative(directory, path)}`);
  return [
    `export * from ${from(join(root, 'workflows', 'index.ts'))};`,
    // Not exported: named so that a change of the frame makes another bundle.
    `import ${from(join(root, 'workflows', 'support', 'define-scenario.ts'))};`,
    `export * from ${from(scenariosFile)};`,
    '',
  ].join('\n');
}

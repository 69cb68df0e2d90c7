import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { PROJECT_ROOT } from '../src/environment/state/paths.ts';
import { scenarioPages } from './support/scenario-page.ts';

/** Writes docs/scenarios/ anew: `npm run docs`. A test says when the pages are stale. */
const directory = join(PROJECT_ROOT, 'docs', 'scenarios');
await mkdir(directory, { recursive: true });
const pages = scenarioPages();
for (const name of await readdir(directory)) {
  if (!pages.has(name)) await rm(join(directory, name));
}
for (const [name, text] of pages) {
  const path = join(directory, name);
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}
process.stdout.write(`${pages.size} pages in docs/scenarios/\n`);

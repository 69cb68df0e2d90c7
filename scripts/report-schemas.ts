import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { PROJECT_ROOT } from '../src/environment/state/paths.ts';
import { publishedSchemas } from '../src/reporting/schemas/published.ts';

/** Writes docs/schemas/ anew: `npm run schemas`. A test says when the files are stale. */
const directory = join(PROJECT_ROOT, 'docs', 'schemas');
await mkdir(directory, { recursive: true });
for (const [name, text] of publishedSchemas()) {
  const path = join(directory, name);
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}
process.stdout.write(`${publishedSchemas().size} schemas in docs/schemas/\n`);

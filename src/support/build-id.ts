import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { contentKey } from './workflow-bundle.ts';

/** What tells one build of the harness worker from another: the content of its workflows and of its activities. */
export async function buildIdOf(root: string): Promise<string> {
  const keys = await Promise.all([
    contentKey(join(root, 'workflows', 'index.ts')),
    contentKey(join(root, 'worker', 'main.ts')),
  ]);
  return createHash('sha256').update(keys.join('\0')).digest('hex').slice(0, 12);
}

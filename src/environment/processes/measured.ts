import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProcessCommand } from '../definition.ts';
import { COVERAGE_VARIABLE } from '../embedded/variables.ts';
import type { ProcessIdentity } from './identity.ts';

/**
 * Notes beside the coverage that a process is expected to leave some: one that is killed leaves none, and the report of
 * coverage names it. Nothing for a process that is not measured.
 */
export function noteMeasured(command: ProcessCommand, name: string, { pid }: ProcessIdentity): void {
  const directory = command.variables[COVERAGE_VARIABLE];
  if (directory === undefined) return;
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `launched-${name}-${String(pid)}.json`), JSON.stringify({ name, pid }));
}

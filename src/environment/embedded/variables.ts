import { join } from 'node:path';

import type { ProcessContext } from '../definition.ts';

/** Carried by every process of an environment, its value the environment's directory: a sweep finds them by it. */
export const ENVIRONMENT_MARK = 'OPTIINFRA_ENVIRONMENT_DIRECTORY';

/** What a process may know of the machine. Nothing else passes: a developer's cloud keys, for one, never do. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'NODE_OPTIONS', 'NODE_V8_COVERAGE'];

export function baseVariables(context: ProcessContext): NodeJS.ProcessEnv {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), TZ: 'UTC', [ENVIRONMENT_MARK]: context.descriptor.directory };
}

/** Compiled code of Node programs, kept between starts. */
export function compileCache(root: string): string {
  return join(root, '.cache', 'node');
}

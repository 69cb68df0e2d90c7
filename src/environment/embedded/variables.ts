import { join } from 'node:path';

import type { ProcessContext } from '../definition.ts';

/** Carried by every process of an environment, its value the environment's directory: a sweep finds them by it. */
export const ENVIRONMENT_MARK = 'OPTIINFRA_ENVIRONMENT_DIRECTORY';

/** Node's own: where a process writes what of its code ran, when it ends by itself. */
export const COVERAGE_VARIABLE = 'NODE_V8_COVERAGE';

/** What a process may know of the machine. Nothing else passes: a developer's cloud keys, for one, never do. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'NODE_OPTIONS'];

export function baseVariables(context: ProcessContext): NodeJS.ProcessEnv {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), TZ: 'UTC', [ENVIRONMENT_MARK]: context.descriptor.directory };
}

/**
 * How Node runs our code. Compiled code is kept between starts; not while coverage is measured, since Node counts
 * functions that come out of that cache imprecisely.
 */
export function codeVariables({ root, descriptor }: ProcessContext): NodeJS.ProcessEnv {
  return descriptor.coverageDirectory === undefined
    ? { NODE_COMPILE_CACHE: join(root, '.cache', 'node') }
    : { [COVERAGE_VARIABLE]: descriptor.coverageDirectory, NODE_DISABLE_COMPILE_CACHE: '1' };
}

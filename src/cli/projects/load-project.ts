import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { z } from 'zod';

import { PROJECT_CONFIG_FILE, type ProjectConfig } from '../../contracts/project.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { OptiInfraError, describeError } from '../../support/errors.ts';

/** A project of scenarios outside this package, ready to be run. */
export interface Project {
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  readonly scenariosFile: string;
  readonly scenarios: readonly ScenarioDefinition[];
  /** Made anew at each call, when the worker starts. */
  readonly createActivities: () => object;
}

const config = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'kebab-case is wanted'),
  scenarios: z.string().min(1),
  activities: z.string().min(1),
}) satisfies z.ZodType<ProjectConfig>;

/** @throws OptiInfraError `USAGE` that names the file and what is wrong with it */
export async function loadProject(directory: string): Promise<Project> {
  const root = resolve(directory);
  const file = join(root, PROJECT_CONFIG_FILE);
  if (!existsSync(file)) {
    throw new OptiInfraError('USAGE', `${root} is no project: it has no ${PROJECT_CONFIG_FILE}`, {
      hint: 'docs/guides/write-a-scenario-elsewhere.md shows one.',
    });
  }
  const { name, scenarios, activities } = configOf(await load(file), file);
  const [scenariosFile, activitiesFile] = [resolve(root, scenarios), resolve(root, activities)];
  return {
    name,
    directory: root,
    scenariosFile,
    scenarios: scenariosOf(await load(scenariosFile), scenariosFile),
    createActivities: activitiesOf(await load(activitiesFile), activitiesFile),
  };
}

type Exports = Readonly<Record<string, unknown>>;

async function load(file: string): Promise<Exports> {
  if (!existsSync(file)) throw new OptiInfraError('USAGE', `${file} is not there`);
  try {
    return (await import(pathToFileURL(file).href)) as Exports;
  } catch (cause) {
    throw new OptiInfraError('USAGE', `${file} cannot be loaded: ${describeError(cause)}`, {
      cause,
      hint: 'Run `npm install` in the project; it must depend on optiinfra-e2e.',
    });
  }
}

function configOf(exports: Exports, file: string): ProjectConfig {
  const parsed = config.safeParse(exports['default']);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'default export' : issue.path.join('.');
  throw new OptiInfraError('USAGE', `${file}: ${where}: ${issue?.message ?? 'not understood'}`, {
    hint: '`export default { name, scenarios, activities } satisfies ProjectConfig`',
  });
}

/** Every export that `defineScenario` made; its name is the workflow type. */
function scenariosOf(exports: Exports, file: string): readonly ScenarioDefinition[] {
  const found = Object.entries(exports).flatMap(([workflowType, value]) =>
    isScenario(value) ? [{ ...value.definition, workflowType }] : [],
  );
  if (found.length === 0) {
    throw new OptiInfraError('USAGE', `${file} exports no scenario`, {
      hint: 'A scenario is what `defineScenario<Activities>()({ … })` gives, exported by name.',
    });
  }
  const names = found.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new OptiInfraError('USAGE', `${file} has two scenarios named ${twice}`);
  return found;
}

function isScenario(
  value: unknown,
): value is { readonly definition: Omit<ScenarioDefinition, 'workflowType'> } {
  return typeof value === 'function' && 'definition' in value && typeof value.definition === 'object';
}

function activitiesOf(exports: Exports, file: string): () => object {
  const create = exports['createActivities'];
  if (typeof create === 'function') return create as () => object;
  throw new OptiInfraError('USAGE', `${file} exports no function createActivities`);
}

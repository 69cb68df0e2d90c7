import { cp, mkdtemp, rm, symlink, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { loadProject } from '../../../../src/cli/projects/load-project.ts';
import { PROJECT_ROOT } from '../../../../src/environment/state/paths.ts';

const EXAMPLE = join(PROJECT_ROOT, 'docs', 'examples', 'foreign-service');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'project-'));
  await mkdir(join(directory, 'node_modules'));
  await symlink(PROJECT_ROOT, join(directory, 'node_modules', 'optiinfra-e2e'));
});
afterEach(() => rm(directory, { recursive: true }));

const CONFIG = `export default { name: 'shop', scenarios: './scenarios.ts', activities: './activities.ts' };`;
const ACTIVITIES = 'export const createActivities = () => ({ look: async () => 1 });';
const SCENARIO = `import { defineScenario } from 'optiinfra-e2e/scenario';
import { flagIs } from 'optiinfra-e2e/gates';
const gates = [flagIs({ gate: 'there', evidence: 'there', expected: true, because: 'it is there' })];
export const lookOnce = defineScenario()({
  name: 'look-once', title: 'A look', description: 'One look.', tags: ['small'],
  phases: { look: { title: 'Looking', budgetSeconds: 5, gates } },
  story: async () => undefined,
});`;

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text)));
}
const whole = { 'e2e.config.ts': CONFIG, 'scenarios.ts': SCENARIO, 'activities.ts': ACTIVITIES };

test('a project tells its scenarios; the export’s name is the workflow type', async () => {
  await write(whole);
  const project = await loadProject(directory);
  expect(project.name).toBe('shop');
  expect(project.scenarios).toEqual([
    {
      name: 'look-once',
      title: 'A look',
      description: 'One look.',
      tags: ['small'],
      phases: [{ number: 1, name: 'look', title: 'Looking', budgetMs: 5_000 }],
      workflowType: 'lookOnce',
    },
  ]);
  expect(Object.keys(project.createActivities())).toEqual(['look']);
});

test('the example in the documents is a project', async () => {
  await cp(EXAMPLE, directory, { recursive: true });
  const { name, scenarios } = await loadProject(directory);
  expect([name, scenarios.map((each) => each.name)]).toEqual(['shop', ['order-shipped']]);
});

test.each<[string, Partial<typeof whole>, RegExp]>([
  ['no configuration', { 'e2e.config.ts': '' }, /default export/],
  [
    'a name that cannot be a task queue',
    { 'e2e.config.ts': CONFIG.replace("'shop'", "'My Shop'") },
    /name: kebab-case/,
  ],
  ['an unknown key', { 'e2e.config.ts': CONFIG.replace('name:', 'nmae: 1, name:') }, /nmae/],
  [
    'a scenarios file that is not there',
    { 'e2e.config.ts': CONFIG.replace('scenarios.ts', 'other.ts') },
    /other\.ts is not there/,
  ],
  ['a module without scenarios', { 'scenarios.ts': 'export const a = 1;' }, /exports no scenario/],
  ['a module that does not load', { 'scenarios.ts': "import 'nowhere-to-be-found';" }, /cannot be loaded/],
  ['no activities', { 'activities.ts': 'export const a = 1;' }, /no function createActivities/],
  [
    'a phase without a gate',
    { 'scenarios.ts': SCENARIO.replace('const gates = [', 'const gates = []; void [') },
    /has no gate/,
  ],
  [
    'a budget of nothing',
    { 'scenarios.ts': SCENARIO.replace('budgetSeconds: 5', 'budgetSeconds: 0') },
    /budget of phase look/,
  ],
  [
    'two scenarios of one name',
    { 'scenarios.ts': `${SCENARIO}\nexport const again = lookOnce;` },
    /two scenarios named look-once/,
  ],
])('%s is refused by name', async (_what, change, message) => {
  await write({ ...whole, ...change });
  await expect(loadProject(directory)).rejects.toThrow(message);
});

test('a directory that is no project is refused with the way to one', async () => {
  await expect(loadProject(directory)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('no e2e.config.ts') as string,
  });
});

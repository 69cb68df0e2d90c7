import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { readRecordedRun } from '../../src/cli/runs/recorded-runs.ts';
import { PROJECT_ROOT } from '../../src/environment/index.ts';
import { startE2e, type CommandResult } from './support/e2e-command.ts';

/**
 * The example of the documents, as somebody else's package: copied away from here, linked to us as `npm install` of a
 * path does it, against a shop that knows nothing of us. Temporal is all it needs of an environment.
 */
const NAME = 'foreign-project-test';
const EXAMPLE = join(PROJECT_ROOT, 'docs', 'examples', 'foreign-service');
let project: string;
let port = 0;
let shop: ChildProcess | null = null;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'shop-'));
  await cp(EXAMPLE, project, { recursive: true });
  await mkdir(join(project, 'node_modules'), { recursive: true });
  await symlink(PROJECT_ROOT, join(project, 'node_modules', 'optiinfra-e2e'));
  const up = await startE2e(['up', '--name', NAME, '--ports', 'auto', '--only', 'temporal']).result;
  expect(up.errors).toBe('');
});
afterEach(async () => {
  if (shop === null) return;
  const gone = once(shop, 'exit');
  shop.kill();
  await gone;
  shop = null;
});
afterAll(async () => {
  await startE2e(['down', '--name', NAME]).result;
  await rm(project, { recursive: true });
});

async function openShop(...faults: string[]): Promise<void> {
  const started = spawn(process.execPath, [join(project, 'shop.ts'), '--port', '0', ...faults]);
  shop = started;
  const [told] = (await once(started.stdout, 'data')) as [Buffer];
  port = Number(/\d+/.exec(told.toString())?.[0]);
}

function run(...words: string[]): Promise<CommandResult> {
  const all = ['run', 'order-shipped', '--project', project, '--name', NAME, ...words];
  return startE2e(all, { SHOP_URL: `http://127.0.0.1:${String(port)}` }).result;
}

test('its types are ours: the project compiles where it is installed', async () => {
  const types = join(PROJECT_ROOT, 'node_modules', '@types');
  const { stdout, exitCode } = await execa(
    process.execPath,
    [join(PROJECT_ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', project, '--typeRoots', types],
    { reject: false },
  );
  expect(stdout).toBe('');
  expect(exitCode).toBe(0);
});

test('its scenarios are listed like ours', async () => {
  const { output, exitCode } = await startE2e(['list', '--project', project]).result;
  expect(exitCode).toBe(0);
  expect(output).toContain('order-shipped');
  expect(output).not.toContain('spot-migration');
});

test('a good shop passes every gate, and the run is recorded like any other', async () => {
  await openShop();
  const { errors, exitCode } = await run('--seed', '5', '--set', 'item=lamp');
  expect(errors).toBe('');
  expect(exitCode).toBe(0);
  const { run: recorded } = await readRecordedRun(join(PROJECT_ROOT, '.e2e', 'runs'));
  expect(recorded).toMatchObject({ scenario: 'order-shipped', verdict: 'passed', cleanup: 'done' });
  expect(recorded.errors).toBeUndefined();
  const gates = recorded.phases.flatMap((phase) => phase.gates.map(({ gate, verdict }) => [gate, verdict]));
  expect(gates).toContainEqual(['amounts-agree', 'passed']);
  const amount = recorded.phases
    .flatMap(({ evidence }) => evidence)
    .find(({ name }) => name === 'invoice.amount');
  expect(amount?.value).toBe(45);
});

test('a shop that forgets its invoices is red, and told why', async () => {
  await openShop('--forget-invoices');
  const { output, exitCode } = await run();
  expect(exitCode).toBe(1);
  expect(output).toMatch(/invoice-there/);
});

test('a shop that never ships is red at that phase; nothing after it is reached', async () => {
  await openShop('--never-ship');
  const { exitCode } = await run();
  expect(exitCode).toBe(1);
  const { run: recorded } = await readRecordedRun(join(PROJECT_ROOT, '.e2e', 'runs'));
  expect(recorded.phases.map(({ verdict, status }) => verdict ?? status)).toEqual([
    'passed',
    'failed',
    'not-reached',
  ]);
});

test('a shop that is away is infrastructure, not a red gate', async () => {
  const { output, exitCode } = await run();
  expect(exitCode).toBe(3);
  expect(output).toMatch(/fetch failed|ECONNREFUSED/);
});

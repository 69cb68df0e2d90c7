import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { noteMeasured } from '../../../../src/environment/processes/measured.ts';

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'measured-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

const commandWith = (variables: NodeJS.ProcessEnv) => ({
  file: 'node',
  arguments: [],
  variables,
  workingDirectory: '/',
});
const identity = { pid: 4711, started: '1' };

it('notes a process that is to leave coverage, so that one that leaves none can be named', () => {
  const home = directory();
  const variables = { NODE_V8_COVERAGE: join(home, 'raw') };
  noteMeasured(commandWith(variables), 'cost-agent', identity);
  expect(readdirSync(join(home, 'raw'))).toEqual(['launched-cost-agent-4711.json']);
});

it('leaves nothing behind for a process that is not measured', () => {
  const home = directory();
  noteMeasured(commandWith({}), 'redis', identity);
  expect(readdirSync(home)).toEqual([]);
});

import { expect, test } from 'vitest';

import { selectScenarios, type Selection } from '../../../src/cli/runs/select-scenarios.ts';
import type { ScenarioDefinition } from '../../../src/contracts/scenarios/index.ts';
import { describeError, OptiInfraError } from '../../../src/support/errors.ts';

const scenario = (name: string, ...tags: string[]): ScenarioDefinition => ({
  name,
  title: name,
  workflowType: name,
  tags,
  description: name,
  phases: [],
});
const all = [
  scenario('spot-migration', 'e2e', 'cost'),
  scenario('spot-rollback', 'e2e', 'rollback'),
  scenario('rollback', 'e2e', 'rollback'),
  scenario('kill-worker', 'chaos'),
];
const select = (change: Partial<Selection>): string[] =>
  selectScenarios({ patterns: [], tags: [], notTags: [], ...change }, all).map(({ name }) => name);

test.each<[Partial<Selection>, string[]]>([
  [{ patterns: ['rollback'] }, ['rollback']],
  [{ patterns: ['spot-*'] }, ['spot-migration', 'spot-rollback']],
  [{ patterns: ['*rollback'] }, ['spot-rollback', 'rollback']],
  [{ patterns: ['rollback', 'rollback', '*roll*'] }, ['spot-rollback', 'rollback']],
  [{ patterns: ['roll.ack'.replace('.', '?')] }, ['rollback']],
  [{ tags: ['cost', 'chaos'] }, ['spot-migration', 'kill-worker']],
  [{ tags: ['e2e'], notTags: ['rollback'] }, ['spot-migration']],
  [{ patterns: ['spot-*'], tags: ['rollback'] }, ['spot-rollback']],
])('%j means %j', (selection, names) => {
  expect(select(selection)).toEqual(names);
});

test.each<[Partial<Selection>, string, string]>([
  [{}, 'no scenario is named', '--tag'],
  [{ patterns: ['rolback'] }, 'no scenario is named "rolback"', 'Did you mean `rollback`?'],
  [{ patterns: ['roll.ack'] }, 'no scenario is named "roll.ack"', 'rollback'],
  [{ patterns: ['spot-migration', 'zzz*'] }, 'no scenario is named "zzz*"', 'e2e list'],
  [{ tags: ['chaso'] }, 'no scenario has the tag "chaso"', 'Did you mean `chaos`?'],
  [{ patterns: ['rollback'], tags: ['chaos'] }, 'no scenario fits', 'e2e list'],
])('%j is refused as usage', (selection, said, hint) => {
  let refusal: unknown = null;
  try {
    select(selection);
  } catch (error) {
    refusal = error;
  }
  if (!(refusal instanceof OptiInfraError)) throw new Error('it was not refused');
  expect(refusal.code).toBe('USAGE');
  expect(describeError(refusal)).toContain(said);
  expect(refusal.hint).toContain(hint);
});

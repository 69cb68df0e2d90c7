import { expect, test } from 'vitest';

import { createActionTaker } from '../../../activities/step-actions.ts';
import type { ExecutionStep, StepName } from '../../../src/contracts/api/recommendations.ts';
import type { StepAction } from '../../../src/contracts/runs.ts';
import type { WorldClient } from '../../../src/fixtures/index.ts';
import { stepClock } from '../client/step-clock.ts';

const AT = '2026-11-25T04:00:00.000Z';
const step = (name: StepName, status: ExecutionStep['status']): ExecutionStep => ({
  name,
  order: 1,
  status,
  started_at: status === 'pending' ? null : AT,
  finished_at: null,
  world_started_at: null,
  world_finished_at: null,
  evidence: {},
});
const seen = (...steps: ExecutionStep[]) => ({ execution_steps: steps });

const actions: readonly StepAction[] = [
  { at: { name: 'deploy_canary', when: 'started' }, action: { kind: 'stop-traffic' } },
  { at: { name: 'deploy_canary', when: 'completed' }, action: { kind: 'reclaim', nodes: 1 } },
];

function bench(before: Parameters<typeof createActionTaker>[3] = []) {
  const did: string[] = [];
  const world = {
    inject: async (_: string, fault: { kind: string }) => void did.push(fault.kind),
    reclaim: async () => {
      did.push('reclaim');
      return [{ instanceId: 'i-9', interruptionAtMs: 1 }];
    },
  } as unknown as WorldClient;
  const taker = createActionTaker(
    { world, harness: { clock: stepClock() } },
    { siteId: 's' },
    actions,
    before,
  );
  return { did, taker };
}

test('an action waits for its causal position and is taken once', async () => {
  const { did, taker } = bench();
  await taker.look(seen(step('deploy_canary', 'pending')));
  expect(did).toEqual([]);
  await taker.look(seen(step('deploy_canary', 'running')));
  await taker.look(seen(step('deploy_canary', 'running')));
  expect(did).toEqual(['stop-traffic']);
  await taker.look(seen(step('deploy_canary', 'completed')));
  await taker.look(seen(step('deploy_canary', 'completed')));
  expect(did).toEqual(['stop-traffic', 'reclaim']);
  expect(taker.taken().map(({ index, struck }) => [index, struck])).toEqual([
    [0, []],
    [1, ['i-9']],
  ]);
});

test('a step that failed has started and has not completed', async () => {
  const { did, taker } = bench();
  await taker.look(seen(step('deploy_canary', 'failed')));
  expect(did).toEqual(['stop-traffic']);
});

test('what an attempt before took is not taken again', async () => {
  const { did, taker } = bench([{ index: 0, atWorldMs: 5, struck: [] }]);
  await taker.look(seen(step('deploy_canary', 'completed')));
  expect(did).toEqual(['reclaim']);
  expect(taker.taken()).toHaveLength(2);
});

test('an action at a step that the plan does not have is never taken', async () => {
  const { did, taker } = bench();
  await taker.look(seen(step('drain_nodes', 'completed')));
  expect(did).toEqual([]);
  expect(taker.taken()).toEqual([]);
});

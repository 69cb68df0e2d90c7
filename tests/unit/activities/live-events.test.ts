import { expect, test } from 'vitest';

import { areOrderedAndComplete } from '../../../activities/live-events.ts';
import type { EventType } from '../../../src/contracts/api/events.ts';
import type { ExecutionStep } from '../../../src/contracts/api/recommendations.ts';

const told = (...types: [EventType, string][]) =>
  types.map(([type, step], index) => ({ sequence: index + 1, type, data: { step } }));
const step = (name: string, status: ExecutionStep['status']) => ({ name, status });

const rolledBack = told(
  ['optimization.step_started', 'deploy_canary'],
  ['optimization.step_completed', 'deploy_canary'],
  ['optimization.step_started', 'validate_canary'],
  ['optimization.step_failed', 'validate_canary'],
  ['optimization.step_rolled_back', 'deploy_canary'],
);
const steps = [
  step('deploy_canary', 'rolled_back'),
  step('validate_canary', 'failed'),
  step('full_migration', 'pending'),
];

test('a rollout that was undone is told whole: starts, the failure, what was undone', () => {
  expect(areOrderedAndComplete(rolledBack, steps)).toBe(true);
});

test.each([
  ['a gap', rolledBack.filter(({ sequence }) => sequence !== 2), steps],
  ['no failure', rolledBack.filter(({ type }) => type !== 'optimization.step_failed'), steps],
  ['no undoing', rolledBack.slice(0, 4), steps],
  ['no start of a step', rolledBack, [...steps, step('scale_to_50_percent', 'running')]],
  ['no completion', rolledBack, [step('deploy_canary', 'rolled_back'), step('validate_canary', 'completed')]],
  ['no step that began', rolledBack, [step('deploy_canary', 'pending')]],
] as const)('%s is seen', (_, events, present) => {
  expect(areOrderedAndComplete(events, present)).toBe(false);
});

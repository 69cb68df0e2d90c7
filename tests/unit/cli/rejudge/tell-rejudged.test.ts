import { expect, it } from 'vitest';

import { colours } from '../../../../src/cli/colours.ts';
import type { GateFlip, RejudgedRun } from '../../../../src/cli/rejudge/rejudge-run.ts';
import { exitCodeOfRejudged, rejudgedLines } from '../../../../src/cli/rejudge/tell-rejudged.ts';

const flip = (before: GateFlip['before'], after: GateFlip['after']): GateFlip => ({
  phase: 'validate-quality',
  gate: 'quality-kept',
  before,
  after,
  expected: '≥ 0.95',
  observed: '0.9363',
});
const run = (...flips: readonly GateFlip[]): RejudgedRun => ({
  runId: '20261129-001032-jwff',
  scenario: 'spot-migration',
  before: 'passed',
  after: flips[0]?.after ?? 'passed',
  flips,
  phases: [],
});

it.each([
  ['nothing changes', [run(), run()], 0],
  ['a gate fails', [run(), run(flip('passed', 'failed'))], 1],
  ['a gate cannot tell any more', [run(flip('passed', 'inconclusive'))], 1],
  ['a new gate fails', [run(flip(null, 'failed'))], 1],
  ['one gets better and one worse', [run(flip('failed', 'passed'), flip('inconclusive', 'failed'))], 1],
  ['a gate passes now', [run(flip('failed', 'passed'))], 4],
  ['a new gate passes', [run(flip(null, 'passed'))], 4],
  ['a gate is gone', [run(flip('failed', null))], 4],
])('when %s, the exit code says so', (_, runs, code) => {
  expect(exitCodeOfRejudged(runs)).toBe(code);
});

it('tells each flip with what was expected and observed, and counts', () => {
  expect(rejudgedLines([run(), run(flip('passed', 'failed'))], colours())).toEqual([
    '20261129-001032-jwff  spot-migration  passed → failed',
    '  passed → failed  validate-quality  quality-kept',
    '    expected ≥ 0.95, observed 0.9363',
    '2 runs judged again: 1 gate in 1 run changed, 1 verdict of runs',
  ]);
});

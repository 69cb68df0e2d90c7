import { describe, expect, it } from 'vitest';

import type { PhaseRecord, RunState } from '../../../../src/contracts/runs.ts';
import { diffRuns } from '../../../../src/reporting/diff/diff-runs.ts';
import { diffLines } from '../../../../src/reporting/diff/lines.ts';
import {
  evidence,
  gate,
  inconclusiveRun,
  infraErrorRun,
  passedPhases,
  passedRun,
  rolledBackRun,
  runOf,
  scenarioInput,
  SLOW_CANARY,
} from '../../../fixtures/runs.ts';

const same = (text: string): string => text;
const plain = { bold: same, dim: same, green: same, red: same, yellow: same };
const recorded = (run: RunState, timeScale: number | null = 60) => ({
  run,
  surroundings: { temporalUi: null, timeScale },
});
const diff = (a: RunState, b: RunState) => diffRuns(recorded(a), recorded(b));
const told = (a: RunState, b: RunState) => diffLines(diff(a, b), plain);
const other = (overrides: Partial<RunState> = {}) => passedRun({ runId: 'b', ...overrides });

function withPhase(name: string, change: (phase: PhaseRecord) => PhaseRecord): readonly PhaseRecord[] {
  return passedPhases().map((phase) => (phase.name === name ? change(phase) : phase));
}

describe('two runs that went alike', () => {
  it('have the same verdicts and no divergence', () => {
    const found = diff(passedRun(), other());
    expect(found).toMatchObject({ sameVerdicts: true, firstDivergence: null, inputs: [] });
    expect(found.phases).toHaveLength(9);
    expect(found.phases.every(({ sameVerdict, durationChange }) => sameVerdict && durationChange === 0)).toBe(
      true,
    );
    const text = told(passedRun(), other()).join('\n');
    expect(text).toContain('Same verdicts: 9 phases');
    expect(text).toContain('alike within 5 %');
  });

  it('that are red alike are alike', () => {
    expect(diff(rolledBackRun(), rolledBackRun({ runId: 'b' })).sameVerdicts).toBe(true);
  });
});

describe('the first divergence', () => {
  it('is the first gate that was judged otherwise, with what each saw', () => {
    const found = diff(passedRun(), rolledBackRun({ runId: 'b' }));
    expect(found.sameVerdicts).toBe(false);
    // The gates of the sixth phase are others; the first that one run lacks is where they part.
    expect(found.firstDivergence?.phase).toBe('monitor-execution');
    const phases = withPhase('validate-quality', (phase) => ({
      ...phase,
      verdict: 'failed',
      gates: phase.gates.map((each) =>
        each.gate === 'quality-maintained' ? { ...each, verdict: 'failed', observed: '0.7' } : each,
      ),
    }));
    expect(diff(passedRun(), runOf('failed', phases, { runId: 'b' })).firstDivergence).toEqual({
      phase: 'validate-quality',
      gate: 'quality-maintained',
      a: { verdict: 'passed', saw: '0.931 score, expected ≥ 0.9' },
      b: { verdict: 'failed', saw: '0.7 score, expected ≥ 0.9' },
    });
  });

  it('is on top of what people read', () => {
    const lines = told(passedRun(), rolledBackRun({ runId: 'b' }));
    expect(lines[3]).toMatch(/^First divergence: gate 6 monitor-execution /);
  });

  it('is a phase that one run did not reach, or in which an error struck', () => {
    expect(diff(inconclusiveRun(), passedRun()).firstDivergence?.phase).toBe('record-initial-state');
    expect(diff(passedRun(), infraErrorRun({ runId: 'b' })).firstDivergence).toMatchObject({
      phase: 'record-initial-state',
      gate: null,
      b: { verdict: 'infra-error', saw: expect.stringContaining('ECONNREFUSED') as string },
    });
  });

  it('is a phase that one run lacks altogether, wherever it stands', () => {
    const phases = passedPhases();
    const extra = { ...phases[0]!, name: 'new-phase' };
    const longer = runOf('passed', [...phases.slice(0, 3), extra, ...phases.slice(3)], { runId: 'b' });
    const found = diff(passedRun(), longer);
    expect(found.phases.map(({ phase }) => phase)).toEqual(longer.phases.map(({ name }) => name));
    expect(found).toMatchObject({
      sameVerdicts: false,
      firstDivergence: { phase: 'new-phase', gate: null, a: null, b: { verdict: 'passed' } },
    });
    const reversed = diff(longer, passedRun());
    expect(reversed.firstDivergence).toMatchObject({ phase: 'new-phase', b: null });
    expect(diffLines(reversed, plain).join('\n')).toContain('B  has no such phase or gate');
  });

  it('is a gate that only one of them has', () => {
    const phases = withPhase('validate-quality', (phase) => ({
      ...phase,
      gates: [...phase.gates, gate({ gate: 'new-gate' })],
    }));
    expect(diff(passedRun(), runOf('passed', phases, { runId: 'b' })).firstDivergence).toMatchObject({
      phase: 'validate-quality',
      gate: 'new-gate',
      a: null,
      b: { verdict: 'passed' },
    });
  });

  it('is the end when all phases went alike', () => {
    const broken = other({
      verdict: 'infra-error',
      cleanup: 'failed',
      errors: ['clean-up: the world is gone'],
    });
    expect(diff(passedRun(), broken).firstDivergence).toEqual({
      phase: null,
      gate: null,
      a: { verdict: 'passed', saw: 'clean-up done' },
      b: { verdict: 'infra-error', saw: 'clean-up failed; clean-up: the world is gone' },
    });
  });
});

describe('inputs', () => {
  it('are told where they differ', () => {
    const input = scenarioInput({
      seed: 8,
      gitRevision: 'abc',
      faults: [SLOW_CANARY],
      settings: { model: 'small' },
      prices: 'list',
    });
    expect(diffRuns(recorded(passedRun(), 60), recorded(other({ input }), 1)).inputs).toEqual([
      { name: 'seed', a: '7', b: '8' },
      { name: 'revision', a: '3fd113f', b: 'abc' },
      { name: 'time scale', a: '60', b: '1' },
      { name: 'prices', a: 'reference', b: 'list' },
      { name: 'faults', a: null, b: 'slow-nodes before monitor-execution' },
      { name: 'settings.model', a: null, b: 'small' },
    ]);
  });

  it('of a re-run are what its orders set', () => {
    const attempt = { startedAt: passedRun().startedAt, finishedAt: null, verdict: null, redPhase: null };
    const order = { attempt: 2, fromPhase: 'x', settings: { model: 'small' }, by: 'anna', reason: 'why' };
    const rerun = other({
      attempt: 2,
      attempts: [
        { ...attempt, attempt: 1, order: null, temporalRunId: '1' },
        { ...attempt, attempt: 2, order, temporalRunId: '2' },
      ],
    });
    const found = diff(passedRun(), rerun);
    expect(found.inputs).toEqual([
      { name: 'attempt', a: '1', b: '2' },
      { name: 'settings.model', a: null, b: 'small' },
    ]);
    expect(found.b.attempts).toHaveLength(2);
    expect(diffLines(found, plain).join('\n')).toContain('b, attempt 2');
  });

  it('of another scenario are said first', () => {
    const found = told(passedRun(), other({ scenario: 'rollback' }));
    expect(found[3]).toContain('Two scenarios');
    expect(found.join('\n')).toContain('scenario');
  });
});

describe('evidence', () => {
  const judged = (values: readonly Parameters<typeof evidence>[0][]) =>
    withPhase('validate-quality', (phase) => ({ ...phase, evidence: values.map(evidence) }));
  const found = (
    a: readonly Parameters<typeof evidence>[0][],
    b: readonly Parameters<typeof evidence>[0][],
  ) => {
    const all = diff(runOf('passed', judged(a)), runOf('passed', judged(b), { runId: 'b' }));
    return { all, rows: all.phases.find(({ phase }) => phase === 'validate-quality')!.evidence };
  };

  it('is compared by value, numbers with their relative change', () => {
    const { rows, all } = found(
      [
        { name: 'latency', value: 200, unit: 'ms' },
        { name: 'none', value: 0 },
        { name: 'state', value: 'completed', unit: 'text' },
        { name: 'gone', value: 1 },
        { name: 'unread', value: null, unit: 'score' },
        { name: 'loss', value: -50 },
        { name: 'id', value: 'opt_ha28c0n7d1q9x3bz', unit: 'text' },
      ],
      [
        { name: 'latency', value: 250, unit: 'ms' },
        { name: 'none', value: 3 },
        { name: 'state', value: 'rolled back', unit: 'text' },
        { name: 'unread', value: 0.9, unit: 'score' },
        { name: 'loss', value: -75 },
        { name: 'id', value: 'opt_zz28c0n7d1q9x3aa', unit: 'text' },
        { name: 'new', value: true },
      ],
    );
    expect(rows.map(({ name, change, same: alike, missing }) => [name, change, alike, missing])).toEqual([
      ['latency', 0.25, false, null],
      ['none', null, false, null],
      ['state', null, false, null],
      ['gone', null, false, 'b'],
      ['unread', null, false, null],
      ['loss', -0.5, false, null],
      ['id', null, false, null],
      ['new', null, false, 'a'],
    ]);
    const text = diffLines(all, plain).join('\n');
    expect(text).toContain('latency: 200 ms → 250 ms (+25 %)');
    expect(text).toContain('state: completed → rolled back');
    expect(text).toContain('gone: 1 → not recorded');
    expect(text).toContain('unread: nothing → 0.9 score');
    expect(text).toContain('… 1 more');
    expect(text).not.toContain('opt_');
  });

  it('that differs by little is noise to people', () => {
    const { all } = found([{ name: 'latency', value: 200 }], [{ name: 'latency', value: 204 }]);
    expect(diffLines(all, plain).join('\n')).not.toContain('latency');
  });
});

it('fits into 80 columns', () => {
  const long = 'a-phase-with-a-name-that-nobody-would-give-to-any-phase';
  const renamed = passedPhases().map((phase) => ({ ...phase, name: `${long}-${String(phase.number)}` }));
  for (const lines of [
    told(passedRun(), rolledBackRun({ runId: '20261122-150133-aaaa' })),
    told(inconclusiveRun(), infraErrorRun({ runId: '20261122-150133-aaaa' })),
    told(runOf('passed', renamed), runOf('inconclusive', [{ ...renamed[0]!, verdict: 'inconclusive' }])),
  ]) {
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  }
});

import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  decide,
  type ArmSample,
  type StagePromise,
  type StageSample,
} from '../../../../../src/platform/executor/judgement/decide.ts';

const promise: StagePromise = {
  slo: {
    latency_ms_p95: 2_000,
    latency_ms_p99: 3_000,
    latency_ms_p95_degraded: 3_600,
    error_rate: 0.001,
    quality_score: 0.9,
  },
  requirement: { requestsPerArm: 450, qualitySamplesPerArm: 183, proveErrorRate: false, mode: 'strict' },
  prior: { requests: 0, errors: 0 },
};
const healthyArm: ArmSample = {
  instanceIds: ['i-1'],
  requests: 500,
  errors: 0,
  latencyMsP50: 800,
  latencyMsP95: 1_600,
  latencyMsP99: 2_100,
  overLatencyMsP95: 5,
  overLatencyMsP99: 0,
  qualitySamples: 500,
  meanQuality: 0.945,
  qualityVariance: 0.0064,
};
const nothing: ArmSample = {
  instanceIds: [],
  requests: 0,
  errors: 0,
  latencyMsP50: null,
  latencyMsP95: null,
  latencyMsP99: null,
  overLatencyMsP95: 0,
  overLatencyMsP99: 0,
  qualitySamples: 0,
  meanQuality: null,
  qualityVariance: null,
};
const stage = (
  canary: Partial<ArmSample>,
  control: Partial<ArmSample> = {},
  latencyPValue: number | null = 0.4,
): StageSample => ({
  canary: { ...healthyArm, ...canary },
  control: { ...healthyArm, ...control },
  latencyPValue,
});

test('a canary like its control passes', () => {
  expect(decide(stage({}), promise).verdict).toBe('passed');
});

test('a significantly and relevantly slower canary fails', () => {
  const decision = decide(stage({ latencyMsP50: 1_000 }, {}, 0.0001), promise);
  expect(decision.verdict).toBe('failed');
  expect(decision.reasons.join()).toContain('latency worse than control');
});

test.each([
  ['significant but irrelevant', 830, 0.0001],
  ['relevant but insignificant', 1_000, 0.2],
])('a shift that is %s passes', (_name, latencyMsP50, p) => {
  expect(decide(stage({ latencyMsP50 }, {}, p), promise).verdict).toBe('passed');
});

test.each([
  [500, 864, 'inconclusive'],
  [500, 896, 'failed'],
  [1_700, 864, 'failed'],
  [250, 896, 'inconclusive'],
  [250, 1_000, 'failed'],
])('from %i requests an arm a median of %i ms against 800 is %s', (requests, latencyMsP50, verdict) => {
  const requirement = { ...promise.requirement, requestsPerArm: 200 };
  const arm = { requests, qualitySamples: requests };
  const decision = decide(stage({ ...arm, latencyMsP50 }, arm, 0.0014), { ...promise, requirement });
  expect(decision.verdict).toBe(verdict);
  expect(decision.reasons.join()).toMatch(/latency/);
});

test('a quality drop of more than 5 % fails', () => {
  const decision = decide(stage({ meanQuality: 0.945 * 0.92 }), promise);
  expect(decision.verdict).toBe('failed');
  expect(decision.reasons.join()).toContain('quality fell');
});

test('a quality drop whose bound passes 5 % but whose mean does not is inconclusive', () => {
  const decision = decide(stage({ meanQuality: 0.945 * 0.955 }, {}, 0.4), {
    ...promise,
    slo: { ...promise.slo, quality_score: 0.8 },
  });
  expect(decision.verdict).toBe('inconclusive');
});

test('quality surely under the promise fails even when the control is as bad', () => {
  expect(decide(stage({ meanQuality: 0.85 }, { meanQuality: 0.85 }), promise).verdict).toBe('failed');
});

test('errors the control does not have fail', () => {
  const decision = decide(stage({ errors: 12 }), promise);
  expect(decision.verdict).toBe('failed');
  expect(decision.reasons.join()).toContain('errors worse than control');
});

test('an error rate surely over the promise fails even when the control errs as much', () => {
  expect(decide(stage({ errors: 12 }, { errors: 12 }), promise).verdict).toBe('failed');
});

test('latency surely over the promise fails even when the control is as slow', () => {
  const slow = { overLatencyMsP95: 60, latencyMsP95: 2_200 };
  expect(decide(stage(slow, slow), promise).verdict).toBe('failed');
});

test('latency over the promise by chance is inconclusive', () => {
  expect(decide(stage({ overLatencyMsP95: 27, latencyMsP95: 2_010 }), promise).verdict).toBe('inconclusive');
});

test('the proof of the error rate adds up over the stages', () => {
  const proving = { ...promise, requirement: { ...promise.requirement, proveErrorRate: true } };
  expect(decide(stage({}), { ...proving, prior: { requests: 2_000, errors: 0 } }).verdict).toBe(
    'inconclusive',
  );
  expect(decide(stage({}), { ...proving, prior: { requests: 2_495, errors: 0 } }).verdict).toBe('passed');
  expect(decide(stage({}), { ...proving, prior: { requests: 2_495, errors: 1 } }).verdict).toBe(
    'inconclusive',
  );
});

test.each([
  ['too few requests', stage({ requests: 449 })],
  ['too few quality samples', stage({ qualitySamples: 182 })],
  ['no control', { canary: healthyArm, control: nothing, latencyPValue: null }],
  ['no canary', { canary: nothing, control: healthyArm, latencyPValue: null }],
  ['nothing at all', { canary: nothing, control: nothing, latencyPValue: null }],
] as const)('%s is inconclusive, and says why', (_name, sample) => {
  const decision = decide(sample, promise);
  expect(decision.verdict).toBe('inconclusive');
  expect(decision.reasons.length).toBeGreaterThan(0);
});

const held = (mode: StagePromise['requirement']['mode']): StagePromise => ({
  ...promise,
  requirement: { ...promise.requirement, mode },
});
const slowTail = { overLatencyMsP95: 60, latencyMsP95: 2_200 };

test('a change that is to improve things is not blamed for a promise its control breaks', () => {
  expect(decide(stage(slowTail, slowTail), held('improving')).verdict).toBe('passed');
  expect(decide(stage(slowTail, slowTail), held('strict')).verdict).toBe('failed');
  const bad = { meanQuality: 0.85 };
  expect(decide(stage(bad, bad), held('improving')).verdict).toBe('passed');
});

test('a change that breaks a promise its control keeps fails, improving or not', () => {
  expect(decide(stage(slowTail), held('improving')).verdict).toBe('failed');
});

test('a change that is slower than its control fails, improving or not', () => {
  expect(decide(stage({ latencyMsP50: 1_000 }, {}, 0.0001), held('improving')).verdict).toBe('failed');
});

test('fewer nodes may be slower than more were, within the promise', () => {
  const slower = { latencyMsP50: 1_200 };
  expect(decide(stage(slower, {}, 0.0001), held('fewer_nodes')).verdict).toBe('passed');
  expect(decide(stage({ ...slower, ...slowTail }, {}, 0.0001), held('fewer_nodes')).verdict).toBe('failed');
});

const arm = fc.record({
  requests: fc.integer({ min: 0, max: 3_000 }),
  errorShare: fc.double({ min: 0, max: 0.05, noNaN: true }),
  meanQuality: fc.double({ min: 0.5, max: 1, noNaN: true }),
  latencyMsP50: fc.double({ min: 100, max: 3_000, noNaN: true }),
});
const toArm = (draw: {
  requests: number;
  errorShare: number;
  meanQuality: number;
  latencyMsP50: number;
}): ArmSample =>
  draw.requests === 0
    ? nothing
    : {
        ...healthyArm,
        requests: draw.requests,
        errors: Math.floor(draw.requests * draw.errorShare),
        qualitySamples: draw.requests,
        meanQuality: draw.meanQuality,
        latencyMsP50: draw.latencyMsP50,
      };

test('no stage with fewer samples than required ever passes', () => {
  fc.assert(
    fc.property(arm, arm, fc.double({ min: 0, max: 1, noNaN: true }), (canary, control, latencyPValue) => {
      fc.pre(Math.min(canary.requests, control.requests) < promise.requirement.requestsPerArm);
      const sample = { canary: toArm(canary), control: toArm(control), latencyPValue };
      expect(decide(sample, promise).verdict).not.toBe('passed');
    }),
  );
});

test('a worse canary never gets a better verdict', () => {
  const rank = { failed: 0, inconclusive: 1, passed: 2 };
  fc.assert(
    fc.property(arm, arm, fc.integer({ min: 1, max: 50 }), (canary, control, more) => {
      const before = toArm(canary);
      fc.pre(before.requests > before.errors + more);
      const sample = { canary: before, control: toArm(control), latencyPValue: 0.5 };
      const worse = { ...sample, canary: { ...before, errors: before.errors + more } };
      expect(rank[decide(worse, promise).verdict]).toBeLessThanOrEqual(rank[decide(sample, promise).verdict]);
    }),
  );
});

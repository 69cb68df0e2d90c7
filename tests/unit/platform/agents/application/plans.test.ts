import { describe, expect, it } from 'vitest';

import type { EngineConfiguration } from '../../../../../src/contracts/api/customers.ts';
import type {
  ConfigurationPlan,
  MigrationPlan,
  OptimizationPlan,
  ScaleInPlan,
} from '../../../../../src/contracts/api/recommendations.ts';
import { goldenBaselineOf } from '../../../../../src/platform/agents/application/baseline.ts';
import { applicationAgent } from '../../../../../src/platform/agents/application/index.ts';
import { acme, fakeServices, recommendationOf, requestsSeen, type FakeMeasurements } from '../fakes.ts';
import { fakeQuality, goldenAnswers } from './golden.ts';

const NOW: EngineConfiguration = acme().deployments[0]!.engine_configuration;
const scope = {
  deployment: 'vllm-prod-1',
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
} as const;
const migration: MigrationPlan = {
  ...scope,
  kind: 'spot_migration',
  replace_instance_ids: ['i-2'],
  keep_instance_ids: ['i-1'],
  spot_nodes: [{ zone: 'us-east-1a', usd_per_hour: 15 }],
  fallback_zones: [],
  kept_on_demand_share: 0.5,
};
const configure = (changes: Partial<EngineConfiguration>): ConfigurationPlan => ({
  ...scope,
  kind: 'configuration_change',
  instance_ids: ['i-1', 'i-2'],
  from: NOW,
  to: { ...NOW, ...changes },
});
const shutdown: ScaleInPlan = {
  ...scope,
  kind: 'scale_in',
  reason: 'idle',
  retire_instance_ids: ['i-1', 'i-2'],
  keep_instance_ids: [],
};
const scaleIn: OptimizationPlan = { ...shutdown, reason: 'over_provisioned', keep_instance_ids: ['i-3'] };
const placement: OptimizationPlan = {
  ...scope,
  kind: 'placement',
  replace_instance_ids: ['i-1'],
  keep_instance_ids: [],
  target: {
    provider: 'gcp',
    region: 'us-central1',
    instance_type: 'a2-highgpu-8g',
    lifecycle: 'on_demand',
    nodes: [{ zone: 'us-central1-a', usd_per_hour: 20 }],
  },
  transfer: { gb_per_month: 1, usd_per_month: 0.1 },
};
const replacement: OptimizationPlan = {
  ...scope,
  kind: 'replacement',
  lost_instance_id: 'i-2',
  spot_zones: [],
  on_demand_zone: 'us-east-1a',
};

const FORECAST = {
  cost_before_usd_per_month: 1,
  cost_after_usd_per_month: 1,
  raw_savings_usd_per_month: 0,
  savings_usd_per_month: 0,
  low_usd_per_month: 0,
  high_usd_per_month: 0,
  inputs: {},
  patterns: [],
  latency: null,
};

async function opinionOn(
  plan: OptimizationPlan,
  seen: Partial<FakeMeasurements> = {},
  goldenOf: EngineConfiguration | null = null,
) {
  const answers = goldenAnswers({});
  const measured = goldenBaselineOf({ golden_run_id: 'gld_1', answers });
  const baseline =
    goldenOf === null || measured === null
      ? null
      : { baseline: { id: 'qbl_1', ...measured }, engine_configuration: goldenOf, answers };
  const services = { ...fakeServices(seen), quality: fakeQuality({ run: {}, baseline }).client };
  const recommendation = recommendationOf({
    type: 'hybrid',
    title: 'A plan',
    confidence: 0.9,
    risk_level: 'medium',
    reasons: ['why'],
    plan,
    forecast: FORECAST,
  });
  const task = { task_id: 'tsk_1', type: 'validate', customer_id: 'cus_acme', recommendation } as const;
  return (await applicationAgent.handlers(services).validate(task)).validation;
}
const broken = { quality: { sampleSize: 5_000, mean: 0.85, standardDeviation: 0.06 } };

describe("the application agent's opinion on each kind of plan", () => {
  it.each([
    ['spot migration', migration],
    ['speed-only change', configure({ kv_allocation: 'paged', prefix_caching: true, scheduler: 'chunked' })],
    ['scale-in', scaleIn],
  ])('approves a %s with the figures it rests on', async (_name, plan) => {
    const opinion = await opinionOn(plan);
    expect(opinion).toMatchObject({
      verdict: 'approve',
      figures: { quality_samples_count: 27_000, expected_quality_mean: 0.93, slo_quality_score: 0.9 },
      baseline: { source: 'traffic', sample_size: 27_000, golden_run_id: null },
    });
  });

  it.each([
    ['spot migration', migration],
    ['configuration change', configure({ scheduler: 'chunked' })],
    ['placement', placement],
  ])('vetoes a %s while quality is broken already', async (_name, plan) => {
    const { verdict, reasons } = await opinionOn(plan, broken);
    expect(verdict).toBe('veto');
    expect(reasons[0]).toContain('below the promised 0.9 already');
  });

  it('approves a quantization whose published loss keeps the promise, and vetoes one that breaks it', async () => {
    const fp8 = await opinionOn(configure({ quantization: 'fp8' }));
    expect(fp8).toMatchObject({ verdict: 'approve', figures: { published_quality_ratio_share: 0.996 } });
    const narrow = { quality: { sampleSize: 27_000, mean: 0.91, standardDeviation: 0.06 } };
    const w4 = await opinionOn(configure({ quantization: 'w4a16' }), narrow);
    expect(w4.verdict).toBe('veto');
    expect(w4.reasons[0]).toMatch(/Quality of 0\.8918 is expected, below the promised 0\.9/);
    expect((await opinionOn(configure({ quantization: 'fp8' }), narrow)).verdict).toBe('approve');
  });

  it('vetoes a quantization that nobody has evaluated on these GPUs', async () => {
    const plan = { ...configure({ quantization: 'fp8' }), instance_type: 'p9.unknown' };
    const { verdict, reasons } = await opinionOn(plan);
    expect(verdict).toBe('veto');
    expect(reasons[0]).toContain('No published evaluation');
  });

  it.each([
    ['revision', configure({ revision: 'next' }), 'revision'],
    ['chat template', configure({ chat_template: 'chatml' }), 'chat_template'],
    ['place', placement, 'the answers of the new place'],
  ])('makes the canary show what another %s does', async (_name, plan, word) => {
    const { verdict, condition } = await opinionOn(plan);
    expect(verdict).toBe('approve_with_condition');
    expect(condition).toContain(word);
  });

  it('judges a hybrid by all of its parts', async () => {
    const hybrid = (changes: Partial<EngineConfiguration>): OptimizationPlan => ({
      ...scope,
      kind: 'hybrid',
      parts: [configure(changes), migration],
      recommendation_ids: ['rec_1', 'rec_2'],
    });
    expect((await opinionOn(hybrid({ quantization: 'fp8' }))).figures).toMatchObject({
      published_quality_ratio_share: 0.996,
    });
    const narrow = { quality: { sampleSize: 27_000, mean: 0.91, standardDeviation: 0.06 } };
    expect((await opinionOn(hybrid({ quantization: 'w4a16' }), narrow)).verdict).toBe('veto');
    expect((await opinionOn(hybrid({ revision: 'next' }))).verdict).toBe('approve_with_condition');
  });

  it('lets an idle deployment be shut down, and no other', async () => {
    expect((await opinionOn(shutdown, { requests: null, quality: null })).verdict).toBe('approve');
    const busy = await opinionOn(shutdown, { requests: requestsSeen({ requests: 12, errors: 2 }) });
    expect(busy.verdict).toBe('veto');
    expect(busy.reasons[0]).toContain('10 answers were given');
  });

  it('never stands in the way of a replacement for a lost node', async () => {
    expect((await opinionOn(replacement, broken)).verdict).toBe('approve');
    expect((await opinionOn(replacement, { quality: null })).verdict).toBe('approve');
  });

  it('records the golden baseline of the present configuration, and traffic where that is another', async () => {
    expect((await opinionOn(migration, {}, NOW)).baseline).toMatchObject({
      source: 'golden_prompts',
      golden_run_id: 'gld_1',
      sample_size: 200,
    });
    const other = { ...NOW, revision: 'before' };
    expect((await opinionOn(migration, {}, other)).baseline).toMatchObject({ source: 'traffic' });
  });
});

import { describe, expect, it } from 'vitest';

import type { EngineConfiguration } from '../../../../../src/contracts/api/customers.ts';
import type {
  AnalysisTrigger,
  CustomerContext,
  GoldenBaseline,
} from '../../../../../src/contracts/api/orchestration.ts';
import { analyzeQuality } from '../../../../../src/platform/agents/application/analyze.ts';
import { goldenBaselineOf } from '../../../../../src/platform/agents/application/baseline.ts';
import { acme, fakeServices, node, stillClock } from '../fakes.ts';
import { fakeQuality, goldenAnswers, type GoldenScript } from './golden.ts';

const GOOD = acme().deployments[0]!.engine_configuration;
const BAD: EngineConfiguration = { ...GOOD, revision: 'bad', chat_template: 'chatml' };

function running(engine_configuration: EngineConfiguration, context = acme()): CustomerContext {
  return { ...context, deployments: context.deployments.map((one) => ({ ...one, engine_configuration })) };
}

function baselineWith(engine_configuration: EngineConfiguration): GoldenBaseline {
  const answers = goldenAnswers({ seed: 7 });
  const baseline = goldenBaselineOf({ golden_run_id: 'gld_1', answers });
  if (baseline === null) throw new Error('no answers');
  return { baseline: { id: 'qbl_1', ...baseline }, engine_configuration, answers };
}

async function analyze(
  script: Partial<GoldenScript> & {
    readonly contexts?: readonly CustomerContext[];
    readonly trigger?: AnalysisTrigger | null;
  },
) {
  const clock = stillClock();
  const quality = fakeQuality({ run: { answers: goldenAnswers({}) }, baseline: null, ...script }, clock);
  const contexts = [...(script.contexts ?? [acme()])];
  const services = {
    ...fakeServices(),
    clock,
    quality: quality.client,
    orchestrator: {
      context: async () => (contexts.length > 1 ? contexts.shift()! : contexts[0]!),
    },
  };
  const result = await analyzeQuality(services, {
    task_id: 'tsk_1',
    type: 'analyze',
    customer_id: 'cus_acme',
    analysis_id: 'anl_1',
    trigger: script.trigger ?? null,
  });
  return { ...quality, ...result, text: result.findings.join('\n') };
}

const CHANGED: AnalysisTrigger = {
  kind: 'configuration_changed',
  deployment: 'vllm-prod-1',
  from: GOOD,
  to: BAD,
};
const worse = { run: { answers: goldenAnswers({ seed: 3, drop: 0.08 }) } };

describe('the first golden run', () => {
  it('asks 200 prompts and becomes the baseline of the present configuration', async () => {
    const { ordered, baselines, recommendations, text } = await analyze({});
    expect(ordered.map(({ prompts }) => prompts)).toEqual([40, 200]);
    expect(baselines).toHaveLength(1);
    expect(baselines[0]).toMatchObject({
      deployment: 'vllm-prod-1',
      engine_configuration: GOOD,
      baseline: { sample_size: 200, source: 'golden_prompts', golden_run_id: 'gld_2' },
    });
    expect(text).toMatch(
      /vllm-prod-1: Baseline quality 0\.9\d+ .* from 200 golden prompts\. It keeps the promised 0\.9/,
    );
    expect(recommendations).toEqual([]);
  });

  it('establishes nothing when prompts stayed without an answer, and says how many', async () => {
    const run = {
      status: 'failed',
      answers: goldenAnswers({ prompts: 120 }),
      problem: 'i-3 did not answer',
    } as const;
    const { baselines, text } = await analyze({ run });
    expect(baselines).toEqual([]);
    expect(text).toMatch(/inconclusive.*all 200 golden prompts, 120 were answered \(i-3 did not answer\)/);
  });

  it('ends within the limit of a task when nobody answers, with what it has', async () => {
    const { text, recommendations, baselines } = await analyze({ run: { status: 'ordered' } });
    expect(text).toContain('inconclusive, 0 of 200 golden prompts answered, at least 37 are needed');
    expect(text).toContain('gld_1 is still ordered');
    expect([recommendations, baselines]).toEqual([[], []]);
  });

  it('rests on the prompts that can be answered in time, where answers come slowly', async () => {
    const slow = await analyze({ promptMs: 220 });
    expect(slow.ordered.map(({ prompts }) => prompts)).toEqual([40]);
    expect(slow.baselines).toMatchObject([{ baseline: { sample_size: 40, golden_run_id: 'gld_1' } }]);
    expect((await analyze({ promptMs: 60 })).ordered.map(({ prompts }) => prompts)).toEqual([40, 200]);
  });

  it('of a change without a baseline does not make bad answers the norm', async () => {
    const bad = await analyze({ ...worse, contexts: [running(BAD)], trigger: CHANGED });
    expect(bad.text).toContain('there is no baseline from before the change');
    expect(bad.baselines).toEqual([]);
    const good = await analyze({ contexts: [running(BAD)], trigger: CHANGED });
    expect(good.text).toContain('inconclusive');
    expect(good.baselines).toHaveLength(1);
  });
});

describe('a golden run against the baseline', () => {
  it('finds a regression and drafts the way back to the configuration that answered well', async () => {
    const found = await analyze({
      ...worse,
      baseline: baselineWith(GOOD),
      contexts: [running(BAD)],
      trigger: CHANGED,
    });
    expect(found.reports).toEqual([
      expect.objectContaining({
        verdict: 'regression',
        pairs: 200,
        baseline_id: 'qbl_1',
        golden_run_id: 'gld_2',
        quality_drop: expect.closeTo(0.08, 2) as number,
      }),
    ]);
    expect(found.text).toMatch(/a regression since revision main → bad, chat_template llama-3 → chatml/);
    expect(found.baselines).toEqual([]);
    const [draft] = found.recommendations;
    expect(draft).toMatchObject({
      type: 'quality_rollback',
      plan: {
        kind: 'configuration_change',
        deployment: 'vllm-prod-1',
        provider: 'aws',
        region: 'us-east-1',
        instance_type: 'p4d.24xlarge',
        instance_ids: ['i-1', 'i-2', 'i-3', 'i-4'],
        from: BAD,
        to: GOOD,
      },
      forecast: {
        cost_before_usd_per_month: expect.closeTo(120_000) as number,
        cost_after_usd_per_month: expect.closeTo(120_000) as number,
        savings_usd_per_month: 0,
        latency: null,
        inputs: { golden_pairs_count: 200 },
      },
    });
    expect(draft?.confidence).toBeGreaterThan(0.95);
    expect(draft?.reasons[0]).toMatch(/drop of (7|8)\.\d % .* over 200 paired golden prompts/);
  });

  it('rolls back what still runs, not what is gone', async () => {
    const instances = [node(1), node(2, { state: 'terminated' }), node(3, { deployment: 'other' }), node(4)];
    const baseline = baselineWith(GOOD);
    const found = await analyze({ ...worse, baseline, contexts: [running(BAD, acme({ instances }))] });
    expect(found.recommendations[0]?.plan).toMatchObject({ instance_ids: ['i-1', 'i-4'] });
    const none = await analyze({
      ...worse,
      baseline,
      contexts: [running(BAD, acme({ instances: [] }))],
    });
    expect(none.recommendations).toEqual([]);
    expect(none.text).toContain('no node runs that could be rolled back');
  });

  it('keeps quality of the same configuration without another baseline', async () => {
    const kept = await analyze({ baseline: baselineWith(GOOD) });
    expect(kept.text).toContain('quality is kept');
    expect(kept.reports[0]?.verdict).toBe('kept');
    expect([kept.baselines, kept.recommendations]).toEqual([[], []]);
  });

  it('takes a changed configuration that answers as well as the next baseline', async () => {
    const kept = await analyze({ baseline: baselineWith(GOOD), contexts: [running(BAD)], trigger: CHANGED });
    expect(kept.baselines).toEqual([expect.objectContaining({ engine_configuration: BAD })]);
    expect(kept.recommendations).toEqual([]);
  });

  it('reports a regression of an unchanged configuration, which nothing can be rolled back to', async () => {
    const found = await analyze({ ...worse, baseline: baselineWith(GOOD) });
    expect(found.reports[0]?.verdict).toBe('regression');
    expect(found.recommendations).toEqual([]);
    expect(found.text).toContain('the configuration is the same');
  });

  it('proves a regression from part of the answers, with their number', async () => {
    const run = {
      status: 'failed',
      problem: 'time',
      answers: goldenAnswers({ seed: 3, prompts: 50, drop: 0.08 }),
    } as const;
    const found = await analyze({ run, baseline: baselineWith(GOOD), contexts: [running(BAD)] });
    expect(found.recommendations).toHaveLength(1);
    expect(found.reports[0]?.pairs).toBe(50);
  });

  it('says nothing about a configuration that changed while the prompts were asked', async () => {
    const contexts = [running(GOOD), running(GOOD), running(BAD)];
    const found = await analyze({ ...worse, baseline: baselineWith(GOOD), contexts });
    expect(found.text).toContain('inconclusive, its configuration changed while the prompts were asked');
    expect([found.reports, found.recommendations, found.baselines]).toEqual([[], [], []]);
  });

  it('asks only the deployment that changed', async () => {
    const [first] = acme().deployments;
    const two = { ...acme(), deployments: [first!, { ...first!, name: 'embeddings' }] };
    const one = await analyze({ contexts: [two], trigger: CHANGED });
    expect(new Set(one.ordered.map(({ deployment }) => deployment))).toEqual(new Set(['vllm-prod-1']));
    const both = await analyze({ contexts: [two] });
    expect(new Set(both.ordered.map(({ deployment }) => deployment))).toEqual(
      new Set(['vllm-prod-1', 'embeddings']),
    );
    const gone = await analyze({ contexts: [{ ...acme(), deployments: [] }], trigger: CHANGED });
    expect(gone.text).toBe('vllm-prod-1 is not there any more');
    expect((await analyze({ contexts: [{ ...acme(), deployments: [] }] })).text).toBe(
      'no deployment is known yet',
    );
  });
});

import type { GoldenAnswer } from '../../../../../src/contracts/api/agent-runtime.ts';
import type {
  GoldenBaseline,
  GoldenBaselineRequest,
  GoldenRunStatus,
  QualityComparisonReport,
} from '../../../../../src/contracts/api/orchestration.ts';
import type { AgentServices } from '../../../../../src/platform/agents/kit/services.ts';
import { randomStream } from '../../../../../src/support/random.ts';
import { NOW_WORLD_MS } from '../fakes.ts';

/** Answers to the first prompts of the set: the same prompt is as hard in every run, each asking adds a little noise. */
export function goldenAnswers(changes: {
  readonly prompts?: number;
  readonly seed?: number;
  readonly drop?: number;
}): readonly GoldenAnswer[] {
  const { prompts = 200, seed = 1, drop = 0 } = changes;
  const difficulties = randomStream(1, 'difficulty');
  const noise = randomStream(seed, 'asking');
  return Array.from({ length: prompts }, (_none, index) => {
    const score = (0.95 + 0.03 * difficulties.normal()) * (1 - drop) + 0.01 * noise.normal();
    return {
      prompt_id: `golden-${String(index).padStart(3, '0')}`,
      instance_id: `i-${(index % 4) + 1}`,
      answered_at_ms: NOW_WORLD_MS + index,
      latency_ms: 400,
      quality_score: Math.min(1, Math.max(0, score)),
    };
  });
}

export interface GoldenScript {
  /** The run as it stands at each look; the last one stays. */
  readonly runs: readonly Partial<GoldenRunStatus>[];
  readonly baseline: GoldenBaseline | null;
}

/** An orchestrator's side of golden prompts that keeps what it was told. */
export function fakeQuality(script: GoldenScript) {
  const ordered: { readonly deployment: string; readonly prompts: number }[] = [];
  const baselines: GoldenBaselineRequest[] = [];
  const reports: QualityComparisonReport[] = [];
  let looks = 0;
  const run = (deployment: string): GoldenRunStatus => {
    const now = script.runs[Math.min(looks, script.runs.length - 1)];
    looks += 1;
    return {
      golden_run_id: 'gld_2',
      deployment,
      status: 'completed',
      answers: [],
      problem: null,
      ...now,
    };
  };
  const client: AgentServices['quality'] = {
    order: async (_customer, request) => {
      ordered.push(request);
      return { ...run(request.deployment), status: 'ordered', answers: [] };
    },
    run: async () => run('vllm-prod-1'),
    baseline: async () => script.baseline,
    recordBaseline: async (_customer, request) => {
      baselines.push(request);
      return { id: 'qbl_2', ...request.baseline };
    },
    reportComparison: async (_customer, report) => {
      reports.push(report);
    },
  };
  return { client, ordered, baselines, reports };
}

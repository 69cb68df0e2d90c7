import type { GoldenAnswer } from '../../../../../src/contracts/api/agent-runtime.ts';
import type {
  GoldenBaseline,
  GoldenBaselineRequest,
  GoldenRunStatus,
  QualityComparisonReport,
} from '../../../../../src/contracts/api/orchestration.ts';
import type { AgentServices } from '../../../../../src/platform/agents/kit/services.ts';
import { randomStream } from '../../../../../src/support/random.ts';
import type { Clock } from '../../../../../src/support/clock.ts';
import { NOW_WORLD_MS, stillClock } from '../fakes.ts';

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
  /** What the whole run comes to; the few prompts asked first are then answered, unless nothing ever is (`ordered`). */
  readonly run: Partial<GoldenRunStatus>;
  /** Time a prompt takes. */
  readonly promptMs?: number;
  readonly baseline: GoldenBaseline | null;
}

/** An orchestrator's side of golden prompts that keeps what it was told. */
export function fakeQuality(script: GoldenScript, clock: Clock = stillClock()) {
  const ordered: { readonly deployment: string; readonly prompts: number }[] = [];
  const baselines: GoldenBaselineRequest[] = [];
  const reports: QualityComparisonReport[] = [];
  let orderedAtMs = 0;
  const run = (prompts: number): GoldenRunStatus => {
    const whole: GoldenRunStatus = {
      golden_run_id: prompts === 200 ? 'gld_2' : 'gld_1',
      deployment: 'vllm-prod-1',
      status: 'completed',
      answers: [],
      problem: null,
      ...script.run,
    };
    const due = orderedAtMs + prompts * (script.promptMs ?? 0);
    if (whole.status === 'ordered' || clock.monotonicMs() < due) {
      return { ...whole, status: 'ordered', answers: [] };
    }
    if (prompts === 200) return whole;
    return { ...whole, status: 'completed', problem: null, answers: whole.answers.slice(0, prompts) };
  };
  const client: AgentServices['quality'] = {
    order: async (_customer, request) => {
      ordered.push(request);
      orderedAtMs = clock.monotonicMs();
      return { ...run(request.prompts), status: 'ordered', answers: [] };
    },
    run: async (_customer, id) => run(id === 'gld_2' ? 200 : 40),
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

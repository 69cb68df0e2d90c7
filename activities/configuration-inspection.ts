import type { RunSubject } from '../src/contracts/activities.ts';
import type {
  CONFIGURATION_STEPS,
  ConfigurationPlan,
  Optimization,
  StageJudgement,
} from '../src/contracts/api/recommendations.ts';
import type { ActivityDependencies } from './context.ts';
import type { EvidenceLog } from './evidence.ts';

/** The stages of a configuration change by the names evidence has for them. */
const STAGES = {
  canary: 'validate_configured_canary',
  half: 'validate_configured_50_percent',
  all: 'validate_configured_all',
} as const satisfies Record<string, (typeof CONFIGURATION_STEPS)[number]>;

const FROM_API = 'GET /optimizations/{id}';
const FROM_TELEMETRY = 'ClickHouse inference_requests';

interface Rollout {
  readonly subject: RunSubject;
  readonly optimization: Optimization;
  readonly plan: ConfigurationPlan;
}

/** The judgement of each stage as `stage.<name>.*`, its samples and its share of traffic counted again in telemetry. */
export async function inspectConfigurationRollout(
  { telemetry }: ActivityDependencies,
  log: EvidenceLog,
  { subject, optimization }: Rollout,
): Promise<void> {
  for (const [name, stepName] of Object.entries(STAGES)) {
    const step = optimization.execution_steps.find((each) => each.name === stepName);
    const judgement = judgementIn(step?.evidence);
    const record = (what: string, value: string | number | null, unit: string): void =>
      log.record(`stage.${name}.${what}`, value, {
        unit,
        source: FROM_API,
        sampleSize: judgement?.canary.requests ?? null,
      });
    record('verdict', judgement?.verdict ?? null, 'text');
    record('requests', judgement?.canary.requests ?? null, 'count');
    record('control-requests', judgement?.control.requests ?? null, 'count');
    record('latency-p95', judgement?.canary.latency_ms_p95 ?? null, 'ms');
    record('control-latency-p95', judgement?.control.latency_ms_p95 ?? null, 'ms');
    record('quality-drop', judgement?.quality_drop ?? null, 'share');
    const counted =
      judgement === null
        ? null
        : await telemetry.requests({
            customerId: subject.customerId,
            startMs: Date.parse(judgement.window_started_at),
            endMs: Date.parse(judgement.window_ended_at),
            instanceIds: judgement.canary.instance_ids,
          });
    log.record(`stage.${name}.requests.clickhouse`, counted?.requests ?? null, {
      unit: 'count',
      source: FROM_TELEMETRY,
    });
  }
}

/** What a validating step carries; null while it has judged nothing. */
export function judgementIn(evidence: unknown): StageJudgement | null {
  const judgement = evidence as Partial<StageJudgement> | undefined;
  return judgement?.verdict !== undefined && judgement.canary !== undefined
    ? (judgement as StageJudgement)
    : null;
}

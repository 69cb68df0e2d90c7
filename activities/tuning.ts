import type { RunSubject } from '../src/contracts/activities.ts';
import type { EngineConfiguration } from '../src/contracts/api/customers.ts';
import type { OptimizationPlan } from '../src/contracts/api/recommendations.ts';
import type { TuningActivities } from '../src/contracts/tuning-activities.ts';
import { waitForCondition } from '../src/client/index.ts';
import { awaitAnalysisEnd } from './analysis-end.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog } from './evidence.ts';
import { isTimeout } from './measurements.ts';

const ANALYSIS_DEADLINE_MS = 50_000;
const LESSON_DEADLINE_MS = 20_000;

/** Engine configurations: what was proposed, what runs, what was learned. */
export function createTuningActivities(dependencies: ActivityDependencies): TuningActivities {
  return {
    readTuning: (input) => heartbeating((progress) => readTuning(dependencies, input, progress)),
    inspectConfiguration: (input) => heartbeating(() => inspectConfiguration(dependencies, input)),
    readLesson: (input) => heartbeating((progress) => readLesson(dependencies, input, progress)),
  };
}

async function readTuning(
  dependencies: ActivityDependencies,
  { subject, analysisId, prefix }: Parameters<TuningActivities['readTuning']>[0],
  progress: (details: unknown) => void,
): ReturnType<TuningActivities['readTuning']> {
  const { harness, database } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const which = { where: 'id = $1 AND customer_id = $2', parameters: [analysisId, subject.customerId] };
  const analysis = await awaitAnalysisEnd(dependencies, which, ANALYSIS_DEADLINE_MS, progress);
  const [proposal] = await database.rows<{
    type: string;
    plan: OptimizationPlan;
    inputs: Readonly<Record<string, number>>;
  }>(
    `SELECT type, plan, forecast->'inputs' AS inputs FROM recommendations WHERE analysis_id = $1 AND customer_id = $2`,
    [analysisId, subject.customerId],
  );
  const [task] = await database.rows<{ findings: readonly string[] | null }>(
    `SELECT result->'findings' AS findings FROM tasks
     WHERE analysis_id = $1 AND customer_id = $2 AND type = 'analyze' AND status = 'completed'`,
    [analysisId, subject.customerId],
  );
  const plan = proposal?.plan.kind === 'configuration_change' ? proposal.plan : null;
  const text = (name: string, value: string | readonly string[] | null, source: string): void =>
    log.record(`${prefix}.${name}`, value, { unit: 'text', source });
  text('instance-type', subject.instanceType, 'the fixture');
  text('status', analysis?.status ?? null, 'PostgreSQL analyses');
  text('refusals', refusalsIn(analysis?.findings), 'PostgreSQL analyses');
  text('refusals-in-task', refusalsIn(task?.findings), 'PostgreSQL tasks');
  text('recommendation', proposal?.type ?? null, 'PostgreSQL recommendations');
  text('quantization', plan?.to.quantization ?? null, 'PostgreSQL recommendations');
  log.record(`${prefix}.prefill-factor`, proposal?.inputs['prefill_factor'] ?? null, {
    unit: 'share of the time in BF16',
    source: 'PostgreSQL recommendations',
  });
  return {
    evidence: log.evidence,
    notes: [
      `${subject.instanceType}: ${plan?.to.quantization ?? 'nothing'} proposed`,
      ...(refusalsIn(analysis?.findings) ?? []),
    ],
    output: {},
  };
}

/** Of the GPU, not of taste: each names what the hardware lacks. */
function refusalsIn(findings: readonly string[] | null | undefined): readonly string[] | null {
  return findings?.filter((each) => each.includes('compute capability')) ?? null;
}

async function inspectConfiguration(
  { harness, world }: ActivityDependencies,
  { subject, recommendationId }: Parameters<TuningActivities['inspectConfiguration']>[0],
): ReturnType<TuningActivities['inspectConfiguration']> {
  const log = createEvidenceLog(harness.clock);
  const client = harness.clientOf(subject.email);
  const [{ plan }, site, infrastructure] = await Promise.all([
    client.recommendation(recommendationId),
    world.site(subject.siteId),
    client.infrastructure(subject.customerId),
  ]);
  const wanted = plan.kind === 'configuration_change' ? plan.to : null;
  const nodes = site.nodes.filter(
    ({ deployment, state }) => deployment === plan.deployment && state === 'ready',
  );
  const about = { unit: 'text', source: 'the world', sampleSize: nodes.length };
  log.record('configuration.nodes', nodes.map(({ instanceId }) => instanceId).toSorted(), about);
  log.record('configuration.planned-nodes', plannedNodes(plan), {
    unit: 'text',
    source: 'GET /recommendations/{id}',
  });
  log.record(
    'configuration.differences',
    wanted === null
      ? null
      : nodes.flatMap(({ instanceId, engineConfiguration }) =>
          differences(wanted, engineConfiguration).map((each) => `${instanceId}: ${each}`),
        ),
    about,
  );
  const told = infrastructure.vllm_deployments.find(({ name }) => name === plan.deployment);
  log.record(
    'configuration.differences.platform',
    wanted === null || told === undefined ? null : differences(wanted, told.engine_configuration),
    { unit: 'text', source: 'GET /customers/{id}/infrastructure' },
  );
  return {
    evidence: log.evidence,
    notes: [`${String(nodes.length)} nodes serve ${plan.deployment}`],
    output: {},
  };
}

function plannedNodes(plan: OptimizationPlan): readonly string[] | null {
  return plan.kind === 'configuration_change' ? plan.instance_ids.toSorted() : null;
}

function differences(wanted: EngineConfiguration, found: EngineConfiguration): string[] {
  return (Object.keys(wanted) as (keyof EngineConfiguration)[])
    .filter((name) => wanted[name] !== found[name])
    .map((name) => `${name} is ${String(found[name])}, not ${String(wanted[name])}`);
}

interface OutcomeRow extends Record<string, unknown> {
  readonly status: string;
  readonly pattern_id: string | null;
}

async function readLesson(
  dependencies: ActivityDependencies,
  { subject, optimizationId }: Parameters<TuningActivities['readLesson']>[0],
  progress: (details: unknown) => void,
): ReturnType<TuningActivities['readLesson']> {
  const { harness, patterns } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const outcome = await awaitOutcome(dependencies, subject, optimizationId, progress);
  const patternId = outcome?.pattern_id ?? null;
  const lesson = patternId === null ? null : await patterns.payloadOf(patternId);
  const figure = (name: string): number | null => {
    const value = lesson?.[name];
    return typeof value === 'number' ? value : null;
  };
  log.record('lesson.outcome', outcome?.status ?? null, { unit: 'text', source: 'PostgreSQL outcomes' });
  const inQdrant = { source: 'Qdrant optimization_patterns' };
  log.record('lesson.pattern-in-qdrant', lesson !== null, { unit: 'flag', ...inQdrant });
  log.record('lesson.of-this-optimization', lesson?.['optimization_id'] === optimizationId, {
    unit: 'flag',
    ...inQdrant,
  });
  log.record('lesson.latency-p95.predicted', figure('predicted_latency_ms_p95'), { unit: 'ms', ...inQdrant });
  log.record('lesson.latency-p95.measured', figure('measured_latency_ms_p95'), { unit: 'ms', ...inQdrant });
  const ratio = figure('latency_ratio');
  log.record('lesson.latency-ratio', ratio, { unit: 'measured ÷ predicted', ...inQdrant });
  return {
    evidence: log.evidence,
    notes: [
      `Pattern ${patternId ?? 'not stored'}, P95 measured ÷ predicted ${ratio === null ? 'unknown' : ratio.toFixed(3)}`,
    ],
    output: {},
  };
}

async function awaitOutcome(
  { harness, database }: ActivityDependencies,
  { customerId }: RunSubject,
  optimizationId: string,
  progress: (details: unknown) => void,
): Promise<OutcomeRow | null> {
  let last: OutcomeRow | null = null;
  const look = async () => {
    const [row] = await database.rows<OutcomeRow>(
      'SELECT status, pattern_id FROM outcomes WHERE optimization_id = $1 AND customer_id = $2',
      [optimizationId, customerId],
    );
    last = row ?? null;
    progress(row ?? 'no outcome row');
    return row === undefined || row.pattern_id === null
      ? ({ done: false, observed: row ?? 'no outcome row' } as const)
      : ({ done: true, value: row } as const);
  };
  try {
    return await waitForCondition<OutcomeRow>(look, {
      condition: `the lesson of ${optimizationId}`,
      deadlineMs: LESSON_DEADLINE_MS,
      intervalMs: 150,
      clock: harness.clock,
    });
  } catch (error) {
    if (isTimeout(error)) return last;
    throw error;
  }
}

import type { DeploymentView } from '../../../contracts/api/customers.ts';
import type {
  CustomerContext,
  GoldenBaseline,
  GoldenRunStatus,
  RecommendationDraft,
} from '../../../contracts/api/orchestration.ts';
import type { AgentServices } from '../kit/services.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';
import { describe, goldenBaselineOf } from './baseline.ts';
import { differences } from '../../kit/configuration-differences.ts';
import { askGoldenPrompts, GOLDEN_PROMPTS } from './golden-run.ts';
import { comparePaired, describeDrop, MINIMUM_PAIRS, type PairedComparison } from './paired-comparison.ts';
import { draftRollback } from './rollback.ts';

interface Finding {
  readonly text: string;
  readonly draft: RecommendationDraft | null;
}
const finding = (text: string, draft: RecommendationDraft | null = null): Finding => ({ text, draft });

/** Asks the golden prompts of every deployment, or of the one that changed, and says what the answers show. */
export async function analyzeQuality(
  services: AgentServices,
  { customer_id, trigger }: TaskOf<'analyze'>,
): Promise<ResultOf<'analyze'>> {
  const { deployments } = await services.orchestrator.context(customer_id);
  const changed = trigger?.kind === 'configuration_changed' ? trigger.deployment : null;
  const asked = deployments.filter(({ name }) => changed === null || name === changed);
  const findings = await Promise.all(
    asked.map(({ name }) => analyzeDeployment(services, customer_id, name, changed !== null)),
  );
  const none = changed === null ? 'no deployment is known yet' : `${changed} is not there any more`;
  return {
    type: 'analyze',
    recommendations: findings.flatMap(({ draft }) => (draft === null ? [] : [draft])),
    findings: findings.length === 0 ? [none] : findings.map(({ text }) => text),
  };
}

async function analyzeDeployment(
  services: AgentServices,
  customerId: string,
  name: string,
  afterChange: boolean,
): Promise<Finding> {
  const before = deploymentOf(await services.orchestrator.context(customerId), name);
  const run = await askGoldenPrompts(services, customerId, name);
  const context = await services.orchestrator.context(customerId);
  const deployment = deploymentOf(context, name);
  const lack = lackOf(name, run, before, deployment);
  if (deployment === undefined || lack !== null) return finding(lack ?? `${name} is not there any more`);
  const baseline = await services.quality.baseline(customerId, name);
  const situation = { services, context, deployment, run };
  return baseline === null
    ? establish(situation, afterChange)
    : holdAgainst({ ...situation, baseline, comparison: comparePaired(baseline.answers, run.answers) });
}

function deploymentOf(context: CustomerContext, name: string): DeploymentView | undefined {
  return context.deployments.find((deployment) => deployment.name === name);
}

/** Why the answers say nothing about the deployment as it is, or null. */
function lackOf(
  name: string,
  run: GoldenRunStatus,
  before: DeploymentView | undefined,
  after: DeploymentView | undefined,
): string | null {
  if (before === undefined || after === undefined) return `${name} is not there any more`;
  const answered = `${run.answers.length} of ${GOLDEN_PROMPTS} golden prompts answered`;
  if (run.answers.length < MINIMUM_PAIRS) {
    const why = run.problem ?? `run ${run.golden_run_id} is still ${run.status}`;
    return `${name}: inconclusive, ${answered}, at least ${MINIMUM_PAIRS} are needed (${why}).`;
  }
  const changes = differences(before.engine_configuration, after.engine_configuration);
  if (changes.length === 0) return null;
  return `${name}: inconclusive, its configuration changed while the prompts were asked (${changes.join(', ')}).`;
}

interface Situation {
  readonly services: AgentServices;
  readonly context: CustomerContext;
  readonly deployment: DeploymentView;
  readonly run: GoldenRunStatus;
}

/** Whatever can be said of the first answers: a baseline needs all of them, and a good one after a change. */
async function establish(situation: Situation, afterChange: boolean): Promise<Finding> {
  const { context, deployment, run } = situation;
  const promised = context.preferences.slo.quality_score;
  const baseline = goldenBaselineOf(run);
  if (baseline === null || run.status !== 'completed') return finding(incomplete(deployment.name, run));
  const kept = baseline.interval.low >= promised ? 'keeps' : 'does not surely keep';
  const said = `${describe(baseline)} It ${kept} the promised ${promised}.`;
  if (!afterChange) {
    await recordBaseline(situation);
    return finding(`${deployment.name}: ${said}`);
  }
  // Without a baseline of before, what the change did is unknown; bad answers must not become the norm unseen.
  if (baseline.interval.low >= promised) await recordBaseline(situation);
  return finding(
    `${deployment.name}: inconclusive, there is no baseline from before the change to hold it against. ${said}`,
  );
}

function incomplete(name: string, run: GoldenRunStatus): string {
  const why = run.problem ?? `run ${run.golden_run_id} is ${run.status}`;
  return `${name}: inconclusive, a baseline needs all ${GOLDEN_PROMPTS} golden prompts, ${run.answers.length} were answered (${why}).`;
}

interface Held extends Situation {
  readonly baseline: GoldenBaseline;
  readonly comparison: PairedComparison;
}

async function holdAgainst(held: Held): Promise<Finding> {
  const { deployment, baseline, comparison, run } = held;
  await report(held);
  const said = `${deployment.name}: ${describeDrop(comparison)} against baseline ${baseline.baseline.id}`;
  const changes = differences(baseline.engine_configuration, deployment.engine_configuration);
  if (comparison.verdict === 'inconclusive') {
    return finding(
      `${said}: inconclusive, the upper bound has passed 5 % without a proof, or pairs are too few.`,
    );
  }
  if (comparison.verdict === 'kept') {
    if (changes.length > 0 && run.status === 'completed') await recordBaseline(held);
    return finding(`${said}: quality is kept.`);
  }
  if (changes.length === 0 || comparison.drop === null) {
    return finding(`${said}: a regression, but the configuration is the same: nothing to roll back to.`);
  }
  const draft = draftRollback({ ...held, comparison: { ...comparison, drop: comparison.drop } });
  const consequence =
    draft === null ? 'no node runs that could be rolled back' : 'the way back is recommended';
  return finding(`${said}: a regression since ${changes.join(', ')}; ${consequence}.`, draft);
}

async function report({ services, context, deployment, baseline, comparison, run }: Held): Promise<void> {
  const { verdict, pairs, drop } = comparison;
  if (drop === null) return;
  await services.quality.reportComparison(context.customer_id, {
    deployment: deployment.name,
    baseline_id: baseline.baseline.id,
    golden_run_id: run.golden_run_id,
    verdict,
    pairs,
    baseline_mean: drop.baselineMean,
    present_mean: drop.presentMean,
    quality_drop: drop.share,
    quality_drop_lower: drop.lower,
    quality_drop_upper: drop.upper,
  });
}

async function recordBaseline({ services, context, deployment, run }: Situation): Promise<void> {
  const baseline = goldenBaselineOf(run);
  if (baseline === null) return;
  await services.quality.recordBaseline(context.customer_id, {
    deployment: deployment.name,
    engine_configuration: deployment.engine_configuration,
    baseline,
  });
}

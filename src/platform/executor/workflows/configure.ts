import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import type { ConfigurationPlan } from '../../../contracts/api/recommendations.ts';
import { configurationStages } from '../policy/configuration-stages.ts';
import { CONFIGURATION_PAIRS } from '../policy/parts.ts';
import { totalOf, without, type Weights } from '../policy/weights.ts';
import { RolloutStopped, type RegisterUndo } from './journal.ts';
import type { Rollout } from './rollout.ts';
import { evidenceOf, judgeStage, required } from './stages.ts';
import { setWeights, shiftForward } from './traffic.ts';
import { REQUIREMENTS } from './validation.ts';

/** Gives the deployment's nodes another engine configuration: one, half, all, each judged against those as they were. */
export async function configure(rollout: Rollout, plan: ConfigurationPlan): Promise<void> {
  const { journal, fleet } = rollout;
  const members = fleet.members;
  const targets = targetsOf(rollout, plan);
  const { batches, canary, half, all } = configurationStages(targets, members);
  // Judged against nodes as they were; the promises must hold at the end, when all are changed.
  const stages = [
    { stage: canary, name: 'canary', requirement: required(REQUIREMENTS.canary, 'improving') },
    { stage: half, name: 'half of the nodes', requirement: required(REQUIREMENTS.half, 'improving') },
    { stage: all, name: 'all nodes', requirement: required(REQUIREMENTS.soak, 'strict') },
  ] as const;
  for (const [index, { change, judge }] of CONFIGURATION_PAIRS.entries()) {
    const batch = batches[index] ?? [];
    const question = stages[index];
    if (question === undefined) throw new RangeError('more steps than stages');
    const sinceMs = await journal.step(change, (undo) =>
      configureBatch(rollout, plan, batch, question.stage.weights, undo),
    );
    fleet.configuration = plan.to;
    await journal.step(judge, async () => {
      const judged = await judgeStage(rollout, { ...question, sinceMs });
      rollout.finalSinceMs = judged.sinceMs;
      return { value: undefined, evidence: evidenceOf(rollout, judged) };
    });
  }
}

/** All nodes when the plan meant all, those an earlier part has put in their place included; else those it names. */
function targetsOf({ fleet, snapshot }: Rollout, plan: ConfigurationPlan): readonly string[] {
  const members = fleet.members;
  const meansAll = snapshot.instances.every(({ instanceId }) => plan.instance_ids.includes(instanceId));
  const named = fleet.nowAll(plan.instance_ids).filter((id) => members.includes(id));
  return meansAll ? [...named, ...members.filter((id) => !named.includes(id))] : named;
}

/** One node after the other, so that never more than one is missing. */
async function configureBatch(
  rollout: Rollout,
  plan: ConfigurationPlan,
  batch: readonly string[],
  weights: Weights,
  undo: RegisterUndo,
) {
  const back = rollout.fleet.weights;
  undo('give the nodes their shares back', () => setWeights(rollout, back, 'give shares back'));
  for (const id of batch) {
    undo(`give ${id} its configuration back`, () => reconfigure(rollout, id, plan.from, back));
    await reconfigure(rollout, id, plan.to, weights);
  }
  const { sinceMs, evidence } = await shiftForward(rollout, weights);
  return {
    value: sinceMs,
    evidence: {
      ...evidence,
      configured_instance_ids: rollout.fleet.nowAll(batch),
      engine_configuration: plan.to,
    },
  };
}

/** Drained, restarted with the new configuration, and back with its share once it serves. */
async function reconfigure(
  rollout: Rollout,
  id: string,
  configuration: EngineConfiguration,
  weights: Weights,
): Promise<void> {
  const now = rollout.fleet.now(id);
  if (now === null) return;
  const drained = without(rollout.fleet.translate(weights) ?? {}, now);
  if (totalOf(drained) === 0) {
    throw new RolloutStopped(`no other node carries traffic while ${now} restarts`, {});
  }
  await setWeights(rollout, drained, `configure ${now}`, { [now]: configuration });
  await setWeights(rollout, weights, `give ${now} its share`);
}

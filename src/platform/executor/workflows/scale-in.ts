import type { ScaleInPlan } from '../../../contracts/api/recommendations.ts';
import { share, type Stage, type Weights } from '../policy/weights.ts';
import { SETTLE_MS } from '../policy/windows.ts';
import { quick, patient } from './activity-proxies.ts';
import { RolloutStopped } from './journal.ts';
import { retire } from './retire.ts';
import type { Rollout } from './rollout.ts';
import { evidenceOf, judgeStage, required } from './stages.ts';
import { shift } from './traffic.ts';
import { REQUIREMENTS } from './validation.ts';

/** Fewer nodes: drained first, watched while the rest carries everything, and only then given back. */
export async function scaleIn(rollout: Rollout, plan: ScaleInPlan): Promise<void> {
  const { journal, fleet, order } = rollout;
  const members = fleet.members;
  const retiringIds = fleet.nowAll(plan.retire_instance_ids).filter((id) => members.includes(id));
  const keptIds = members.filter((id) => !retiringIds.includes(id));
  const stage: Stage = { weights: drainedWeights(keptIds, retiringIds), canaryIds: keptIds, controlIds: [] };

  const sinceMs = await journal.step('drain_nodes', async (undo) => {
    if (retiringIds.length === 0)
      return { value: rollout.finalSinceMs ?? 0, evidence: { already_retired: true } };
    // The last nodes keep their shares: there is nowhere to send a request to, and none is expected.
    if (keptIds.length === 0) {
      return { value: rollout.snapshot.takenAtWorldMs + SETTLE_MS, evidence: { nodes_kept: 0 } };
    }
    const moved = await shift(rollout, stage.weights, undo);
    return { value: moved.sinceMs, evidence: moved.evidence };
  });
  await journal.step('validate_drained', async () => {
    if (retiringIds.length === 0) return { value: undefined, evidence: { already_retired: true } };
    if (plan.reason === 'idle') return observeIdle(rollout, sinceMs);
    const judged = await judgeStage(rollout, {
      name: 'fewer nodes',
      stage,
      requirement: required(REQUIREMENTS.soak, 'fewer_nodes'),
      sinceMs,
    });
    rollout.finalSinceMs = judged.sinceMs;
    return { value: undefined, evidence: evidenceOf(rollout, judged) };
  });
  await journal.step('terminate_nodes', async (undo) => {
    const evidence = await retire(rollout, {
      retiringIds,
      // The rest has shown that it carries the traffic: what is gone need not come back.
      standIns: false,
      undo,
      beforeEach: async () => {
        const gone = await quick.findLost({ order, instanceIds: keptIds });
        if (gone.length > 0) {
          throw new RolloutStopped(
            `nodes that should stay are gone, or the cloud takes them: ${gone.join(', ')}`,
            { gone },
          );
        }
      },
    });
    fleet.leave(retiringIds);
    return { value: undefined, evidence };
  });
}

function drainedWeights(keptIds: readonly string[], retiringIds: readonly string[]): Weights {
  return { ...Object.fromEntries(retiringIds.map((id) => [id, 0])), ...share(keptIds, 100) };
}

async function observeIdle({ order }: Rollout, fromMs: number) {
  const { idle, requests, evidence } = await patient.observeIdle({ order, fromMs });
  if (idle) return { value: undefined, evidence };
  throw new RolloutStopped(`not idle: ${String(requests)} requests came while it was watched`, evidence);
}

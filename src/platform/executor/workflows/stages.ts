import type { StageJudgement } from '../../../contracts/api/recommendations.ts';
import type { ArmWindow, ClosedWindow, Snapshot, StageMode, StageRequirement } from '../contract.ts';
import type { Stage } from '../policy/weights.ts';
import { totalOf } from '../policy/weights.ts';
import { RolloutStopped } from './journal.ts';
import { replacements } from './nodes.ts';
import type { Rollout } from './rollout.ts';
import { shiftForward } from './traffic.ts';
import { validateStage, type StageQuestion } from './validation.ts';

export interface StageToJudge {
  readonly name: string;
  readonly stage: Stage;
  readonly requirement: StageRequirement;
  readonly sinceMs: number;
}
export interface JudgedStage {
  readonly judgement: StageJudgement;
  /** World time since which what was judged stands. */
  readonly sinceMs: number;
}

export function required(requirement: StageRequirement, mode: StageMode): StageRequirement {
  return { ...requirement, mode };
}

/**
 * Judges a stage. When the cloud takes a node meanwhile its slot is filled again and the stage is judged anew from a fresh
 * window; what the broken one lost counts against the promise all the same.
 */
export async function judgeStage(rollout: Rollout, to: StageToJudge): Promise<JudgedStage> {
  const interrupted: ClosedWindow[] = [];
  let { sinceMs } = to;
  for (;;) {
    const question = questionOf(rollout, to, sinceMs, interrupted);
    const seen = await validateStage(rollout.order, question, rollout.ask);
    if (seen.kind === 'passed') {
      rollout.judged(seen.judgement.canary);
      return { judgement: seen.judgement, sinceMs };
    }
    if (!rollout.fleet.made.some(({ node }) => seen.instanceIds.includes(node.instanceId))) {
      const lost = seen.instanceIds.join(', ');
      throw new RolloutStopped(`${to.name} stopped: the cloud took ${lost}`, { lost: seen.instanceIds });
    }
    const moved = await shiftForward(rollout, to.stage.weights);
    interrupted.push({ ...question.canary, toMs: moved.sinceMs });
    sinceMs = moved.sinceMs;
  }
}

export function evidenceOf(rollout: Rollout, { judgement }: JudgedStage): Readonly<Record<string, unknown>> {
  return { ...judgement, ...replacements(rollout) };
}

function questionOf(
  { fleet, snapshot, prior }: Rollout,
  { name, stage, requirement }: StageToJudge,
  fromMs: number,
  interrupted: readonly ClosedWindow[],
): StageQuestion {
  const now = fleet.translate(stage.weights) ?? {};
  const canaryIds = fleet.nowAll(stage.canaryIds);
  const controlIds = fleet.nowAll(stage.controlIds);
  const arms = controlIds.length > 0 ? [canaryIds, controlIds] : [canaryIds];
  const shares = arms.map((ids) => ids.reduce((sum, id) => sum + (now[id] ?? 0), 0) / totalOf(now));
  return {
    name,
    requirement,
    canary: { instanceIds: canaryIds, fromMs, toMs: null },
    control: controlIds.length > 0 ? { instanceIds: controlIds, fromMs, toMs: null } : baselineOf(snapshot),
    prior: prior(),
    interrupted,
    watchIds: [...new Set([...canaryIds, ...fleet.made.map(({ node }) => node.instanceId)])],
    requestsPerSecond: snapshot.requestsPerSecond,
    armShare: Math.min(...shares),
  };
}

/** Nothing of the old state serves any more: the window before the rollout stands in for it. */
function baselineOf(snapshot: Snapshot): ArmWindow {
  return {
    instanceIds: snapshot.instances.map(({ instanceId }) => instanceId),
    fromMs: snapshot.windowFromMs,
    toMs: snapshot.windowToMs,
  };
}

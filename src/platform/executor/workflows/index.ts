import type { RolloutInput } from '../contract.ts';
import { partsOf, type PlanPart } from '../policy/parts.ts';
import { configure } from './configure.ts';
import { move } from './move.ts';
import { replace } from './replace.ts';
import { runRollout, type Rollout } from './rollout.ts';
import { scaleIn } from './scale-in.ts';

/** Carries out an approved plan, part by part in one journal; whatever stops it is undone, newest first. */
export async function rollout(input: RolloutInput): Promise<void> {
  await runRollout(input, async (running) => {
    for (const part of partsOf(running.order.plan)) await carryOut(running, part);
  });
}

function carryOut(running: Rollout, part: PlanPart): Promise<void> {
  switch (part.kind) {
    case 'spot_migration':
    case 'placement':
      return move(running, part);
    case 'configuration_change':
      return configure(running, part);
    case 'scale_in':
      return scaleIn(running, part);
    case 'replacement':
      return replace(running, part);
  }
}

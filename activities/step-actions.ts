import type { RunSubject, TakenAction } from '../src/contracts/activities.ts';
import type { Optimization } from '../src/contracts/api/recommendations.ts';
import type { StepAction, StepPosition } from '../src/contracts/runs.ts';
import type { ActivityDependencies } from './context.ts';
import { takeAction } from './world-action.ts';

/** Takes each action once, as soon as an observation shows its causal position reached. */
export interface ActionTaker {
  look(optimization: Pick<Optimization, 'execution_steps'>): Promise<void>;
  taken(): readonly TakenAction[];
}

/** `before` is what an earlier attempt took already: its heartbeat said so. */
export function createActionTaker(
  {
    world,
    harness,
  }: Pick<ActivityDependencies, 'world'> & {
    readonly harness: Pick<ActivityDependencies['harness'], 'clock'>;
  },
  { siteId }: Pick<RunSubject, 'siteId'>,
  planned: readonly StepAction[],
  before: readonly TakenAction[] = [],
): ActionTaker {
  const taken = [...before];
  return {
    taken: () => taken,
    look: async (optimization) => {
      for (const [index, { at, action }] of planned.entries()) {
        if (taken.some((each) => each.index === index) || !isReached(optimization, at)) continue;
        const struck = await takeAction(world, siteId, action);
        taken.push({ index, atWorldMs: harness.clock.worldMs(), struck });
      }
    },
  };
}

/** A step that completed has also started; one that was rolled back or failed has started, not completed. */
function isReached(
  { execution_steps: steps }: Pick<Optimization, 'execution_steps'>,
  at: StepPosition,
): boolean {
  const step = steps.find(({ name }) => name === at.name);
  if (step === undefined || step.started_at === null) return false;
  return at.when === 'started' || step.status === 'completed';
}

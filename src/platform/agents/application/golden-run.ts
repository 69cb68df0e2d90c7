import type { GoldenRunStatus } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { waitFor } from '../../../support/waiting.ts';
import type { AgentServices } from '../kit/services.ts';

/** Prompts a run asks: a drop of 5 % is then seen although answers vary (world spec §6). */
export const GOLDEN_PROMPTS = 200;
/** Of the 30 s a task has, what is left leaves time for the comparison and for a slow store. */
const PATIENCE_WALL_MS = 20_000;
const LOOK_INTERVAL_MS = 250;

/**
 * Asks the golden prompts of a deployment and waits for the answers as long as the task's limit lets it. A run that is
 * not answered by then is given back as it is, without answers: it goes on, and the next analysis finds it.
 */
export async function askGoldenPrompts(
  { quality, clock }: Pick<AgentServices, 'quality' | 'clock'>,
  customerId: string,
  deployment: string,
): Promise<GoldenRunStatus> {
  let last = await quality.order(customerId, { deployment, prompts: GOLDEN_PROMPTS });
  try {
    return await waitFor(
      async () => {
        last = await quality.run(customerId, last.golden_run_id);
        const observed = `${last.golden_run_id} is ${last.status}`;
        return last.status === 'ordered' ? { done: false, observed } : { done: true, value: last };
      },
      {
        condition: `golden prompts of ${deployment}`,
        deadlineMs: PATIENCE_WALL_MS,
        intervalMs: LOOK_INTERVAL_MS,
        clock,
      },
    );
  } catch (error) {
    if (error instanceof OptiInfraError && error.code === 'WAIT_TIMEOUT') return last;
    throw error;
  }
}

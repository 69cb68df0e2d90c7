import type { GoldenRunStatus } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { waitFor } from '../../../support/waiting.ts';
import type { AgentServices } from '../kit/services.ts';

/** Prompts a run asks: a drop of 5 % is then seen although answers vary (world spec §6). */
export const GOLDEN_PROMPTS = 200;
/** Asked first: enough for a proof (37 pairs), and the measure of how fast prompts are answered here. */
const FIRST_PROMPTS = 40;
/** Of the 30 s a task has, what is left leaves time for the comparison and for a slow store. */
const PATIENCE_WALL_MS = 20_000;
const LOOK_INTERVAL_MS = 250;

type Services = Pick<AgentServices, 'quality' | 'clock'>;

/**
 * Asks the golden prompts of a deployment within the limit of a task: a few first, and the whole number when at their
 * pace it can be answered in time. What is not answered in time is given back as it is; the run goes on, and an analysis
 * asked for meanwhile waits for the same one.
 */
export async function askGoldenPrompts(
  services: Services,
  customerId: string,
  deployment: string,
): Promise<GoldenRunStatus> {
  const startedMs = services.clock.monotonicMs();
  const ask = (prompts: number, patienceMs: number): Promise<GoldenRunStatus> =>
    askAndWait(services, customerId, { deployment, prompts }, patienceMs);
  const first = await ask(FIRST_PROMPTS, PATIENCE_WALL_MS);
  if (first.status !== 'completed') return first;
  const elapsedMs = services.clock.monotonicMs() - startedMs;
  const remainingMs = PATIENCE_WALL_MS - elapsedMs;
  if (elapsedMs * (GOLDEN_PROMPTS / FIRST_PROMPTS) > remainingMs) return first;
  const whole = await ask(GOLDEN_PROMPTS, remainingMs);
  return whole.answers.length >= first.answers.length ? whole : first;
}

async function askAndWait(
  { quality, clock }: Services,
  customerId: string,
  request: { readonly deployment: string; readonly prompts: number },
  patienceMs: number,
): Promise<GoldenRunStatus> {
  let last = await quality.order(customerId, request);
  try {
    return await waitFor(
      async () => {
        last = await quality.run(customerId, last.golden_run_id);
        const observed = `${last.golden_run_id} is ${last.status}`;
        return last.status === 'ordered' ? { done: false, observed } : { done: true, value: last };
      },
      {
        condition: `golden prompts of ${request.deployment}`,
        deadlineMs: patienceMs,
        intervalMs: LOOK_INTERVAL_MS,
        clock,
      },
    );
  } catch (error) {
    if (error instanceof OptiInfraError && error.code === 'WAIT_TIMEOUT') return last;
    throw error;
  }
}

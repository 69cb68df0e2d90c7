import { z } from 'zod';

import type { GoldenResults, GoldenRunOrder } from '../../contracts/api/agent-runtime.ts';
import { RuntimeRefused, type RuntimeContext } from './context.ts';
import { persist, type SettledAnswer } from './persist.ts';

const POLL_WAIT_MS = 20_000;
/** A platform that answers a long poll at once must not make us spin. */
const SHORTEST_POLL_MS = 200;

const goldenRunOrder = z.object({
  golden_run_id: z.string().min(1),
  deployment: z.string().min(1),
  prompts: z.number().int().positive(),
}) satisfies z.ZodType<GoldenRunOrder>;

/** Waits for the platform's orders to ask golden prompts, asks them through the serving side and reports the answers. */
export async function followGoldenRuns(context: RuntimeContext): Promise<never> {
  const { clock, signal } = context;
  for (;;) {
    const startedMs = clock.monotonicMs();
    const order = await poll(context);
    if (order !== undefined) {
      await report(context, order);
      continue;
    }
    const elapsedMs = clock.monotonicMs() - startedMs;
    if (elapsedMs < SHORTEST_POLL_MS) await clock.sleepWall(SHORTEST_POLL_MS - elapsedMs, signal);
  }
}

async function poll(context: RuntimeContext): Promise<GoldenRunOrder | undefined> {
  const path = `/agent-runtime/golden-runs/next?wait_ms=${POLL_WAIT_MS}`;
  const answer = await persist(
    () => context.call('GET', path, undefined, POLL_WAIT_MS + 10_000),
    persisting(context, 'golden runs'),
  );
  if (answer.kind === 'refused') {
    await refused(context, answer);
    return undefined;
  }
  if (answer.body === undefined) return undefined;
  const parsed = goldenRunOrder.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  context.logger.error({ reason: z.prettifyError(parsed.error) }, 'order of a golden run ignored');
  return undefined;
}

async function report(context: RuntimeContext, order: GoldenRunOrder): Promise<void> {
  const { host, logger, signal } = context;
  const outcome = await host.askGolden(order, signal);
  const results: GoldenResults = { golden_run_id: order.golden_run_id, ...outcome };
  const body = JSON.stringify(results);
  const answer = await persist(
    () => context.call('POST', '/agent-runtime/golden-results', body),
    persisting(context, 'golden results'),
  );
  const { answers, problem } = outcome;
  logger.info(
    { golden_run_id: order.golden_run_id, answers: answers.length, problem },
    'golden prompts asked',
  );
  if (answer.kind === 'refused') await refused(context, answer);
}

/** Without a right to be here nothing helps; anything else may be mended at the other end: a pause, then on. */
async function refused(
  { logger, clock, signal }: RuntimeContext,
  { status, reason }: Extract<SettledAnswer, { kind: 'refused' }>,
): Promise<void> {
  if (status === 401 || status === 403) throw new RuntimeRefused(reason);
  logger.error({ reason }, 'golden prompts refused');
  await clock.sleepWall(POLL_WAIT_MS, signal);
}

function persisting({ clock, logger, signal }: RuntimeContext, what: string) {
  return { what, clock, logger, signal };
}

import { z } from 'zod';

import type { AppliedState, DesiredDeployment, DesiredState } from '../../contracts/api/agent-runtime.ts';
import { RuntimeRefused, type RuntimeContext } from './context.ts';
import { persist } from './persist.ts';

const POLL_WAIT_MS = 20_000;
/** A platform that answers a long poll at once must not make us spin. */
const SHORTEST_POLL_MS = 200;

const configuration = z.object({
  tensor_parallel_size: z.number().int().positive(),
  kv_allocation: z.enum(['static', 'paged']),
  prefix_caching: z.boolean(),
  scheduler: z.enum(['prefill_first', 'chunked']),
  quantization: z.enum(['bf16', 'fp8', 'int8', 'w4a16']),
  max_model_len: z.number().int().positive(),
  revision: z.string().min(1),
  chat_template: z.string().min(1),
});
const desiredState = z.object({
  generation: z.number().int().nonnegative(),
  deployments: z.array(
    z.object({
      name: z.string(),
      weights: z.record(z.string(), z.number().nonnegative()),
      engine_configurations: z.record(z.string(), configuration),
    }),
  ),
}) satisfies z.ZodType<DesiredState>;

/** Follows the platform's wish for traffic and engines, and says what became of it. */
export async function followDesiredState(context: RuntimeContext): Promise<never> {
  const { clock, signal } = context;
  const apply = createApplier(context);
  const failure = Promise.withResolvers<never>();
  // It is raced against below; a failure after the end of the race is nobody's news.
  failure.promise.catch(() => undefined);
  let generation = 0;
  for (;;) {
    const startedMs = clock.monotonicMs();
    const state = await Promise.race([poll(context, generation), failure.promise]);
    if (state === undefined) {
      const elapsedMs = clock.monotonicMs() - startedMs;
      if (elapsedMs < SHORTEST_POLL_MS) await clock.sleepWall(SHORTEST_POLL_MS - elapsedMs, signal);
      continue;
    }
    generation = state.generation;
    // An engine takes minutes to restart; what is wanted of another deployment meanwhile must not wait for it.
    void apply(state)
      .then((problems) => confirm(context, state.generation, problems))
      .catch(failure.reject);
  }
}

async function poll(context: RuntimeContext, generation: number): Promise<DesiredState | undefined> {
  const path = `/agent-runtime/desired-state?after_generation=${generation}&wait_ms=${POLL_WAIT_MS}`;
  const answer = await persist(() => context.call('GET', path, undefined, POLL_WAIT_MS + 10_000), {
    what: 'desired state',
    clock: context.clock,
    logger: context.logger,
    signal: context.signal,
  });
  if (answer.kind === 'refused') throw new RuntimeRefused(answer.reason);
  if (answer.body === undefined) return undefined;
  const parsed = desiredState.safeParse(answer.body);
  if (parsed.success && parsed.data.generation > generation) return parsed.data;
  const reason = parsed.success ? 'it is not newer than what is applied' : z.prettifyError(parsed.error);
  context.logger.error({ generation, reason }, 'desired state ignored');
  return undefined;
}

/** Applies wishes side by side, but those for one deployment in their order. */
function createApplier(
  context: RuntimeContext,
): (state: DesiredState) => Promise<Readonly<Record<string, string>>> {
  const busy = new Map<string, Promise<unknown>>();
  const applyInTurn = (deployment: DesiredDeployment): Promise<Readonly<Record<string, string>>> => {
    const before = busy.get(deployment.name) ?? Promise.resolve();
    const mine = before.then(() => applyOrRefuse(context, deployment));
    busy.set(deployment.name, mine);
    return mine;
  };
  return async ({ deployments }) => {
    const problems = await Promise.all(deployments.map(applyInTurn));
    return Object.fromEntries(problems.flatMap((each) => Object.entries(each)));
  };
}

async function applyOrRefuse(
  context: RuntimeContext,
  deployment: DesiredDeployment,
): Promise<Readonly<Record<string, string>>> {
  const { name, weights } = deployment;
  if (context.host.deployments.includes(name)) return applyDeployment(context, deployment);
  return Object.fromEntries(
    Object.keys(weights).map((instanceId) => [instanceId, `no deployment ${name} here`]),
  );
}

/** Traffic first: an engine that must restart is then already out of rotation where the platform asked for it. */
async function applyDeployment(
  { host, signal }: RuntimeContext,
  deployment: DesiredDeployment,
): Promise<Record<string, string>> {
  const problems = { ...host.applyWeights(deployment.name, deployment.weights) };
  const wishes = Object.entries(deployment.engine_configurations);
  const outcomes = await Promise.all(
    wishes.map(async ([instanceId, wish]) => ({
      instanceId,
      problem: await host.configureEngine(deployment.name, instanceId, wish, signal),
    })),
  );
  for (const { instanceId, problem } of outcomes) {
    if (problem !== undefined) problems[instanceId] = problem;
  }
  return problems;
}

async function confirm(
  context: RuntimeContext,
  generation: number,
  problems: Record<string, string>,
): Promise<void> {
  const { clock, logger, signal } = context;
  const applied: AppliedState = { generation, applied_at_ms: Math.round(clock.worldMs()), problems };
  const body = JSON.stringify(applied);
  const answer = await persist(() => context.call('POST', '/agent-runtime/desired-state/applied', body), {
    what: 'applied state',
    clock,
    logger,
    signal,
  });
  logger.info({ generation, problems }, 'desired state applied');
  if (answer.kind === 'ok') return;
  if (answer.status === 401 || answer.status === 403) throw new RuntimeRefused(answer.reason);
  logger.error({ generation, reason: answer.reason }, 'report of the applied state refused');
}

import { z } from 'zod';

import { CLOUD_PROVIDERS } from '../../../contracts/api/common.ts';
import type {
  CustomerContext,
  DesiredStateRequest,
  DesiredStateStatus,
  ExecutionOrder,
  StatusReport,
  StepReport,
} from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { engineConfiguration } from '../../kit/schemas/engine-configuration.ts';
import { optimizationPlan } from '../../kit/schemas/plan.ts';
import { callJson } from './http.ts';

/** The orchestrator's internal routes, with the service key. */
export interface OrchestratorClient {
  order(optimizationId: string): Promise<ExecutionOrder>;
  context(customerId: string): Promise<CustomerContext>;
  /** Resolves to the generation that will carry this state. */
  putDesiredState(customerId: string, state: DesiredStateRequest): Promise<number>;
  desiredStateStatus(customerId: string, generation: number): Promise<DesiredStateStatus>;
  reportStep(optimizationId: string, name: string, report: StepReport): Promise<void>;
  reportStatus(optimizationId: string, report: StatusReport): Promise<void>;
  healthy(): Promise<void>;
}

const instance = z.looseObject({
  instance_id: z.string(),
  instance_type: z.string(),
  zone: z.string(),
  lifecycle: z.enum(['on_demand', 'spot']),
  state: z.enum(['pending', 'running', 'shutting-down', 'terminated']),
  ready: z.boolean(),
  deployment: z.string().nullable(),
  interruption_at: z.string().nullable().optional(),
});
const context = z.looseObject({
  customer_id: z.string(),
  clouds: z.array(z.looseObject({ account_id: z.string(), region: z.string(), provider: z.string() })),
  instances: z.array(instance),
  deployments: z.array(
    z.looseObject({
      name: z.string(),
      engine_configuration: engineConfiguration,
      engine_configurations: z.record(z.string(), engineConfiguration).optional(),
      instance_ids: z.array(z.string()),
    }),
  ),
  preferences: z.looseObject({
    minimum_on_demand_share: z.number(),
    slo: z.looseObject({
      latency_ms_p95: z.number(),
      latency_ms_p99: z.number(),
      error_rate: z.number(),
      quality_score: z.number(),
    }),
  }),
});
const order = z.looseObject({
  optimization: z.looseObject({ id: z.string(), status: z.string() }),
  recommendation: z.looseObject({
    plan: optimizationPlan,
    forecast: z.looseObject({ savings_usd_per_month: z.number() }),
  }),
  context,
  cloud_access: z
    .array(
      z.looseObject({
        provider: z.enum(CLOUD_PROVIDERS),
        region: z.string(),
        iam_role_arn: z.string().nullable(),
        service_account: z.string().nullable(),
      }),
    )
    .min(1),
  lease: z.looseObject({ optimization_id: z.string(), fencing_token: z.number() }),
});
const generation = z.looseObject({ generation: z.number().int() });
const desiredStatus = z.looseObject({
  generation: z.number(),
  applied: z.boolean(),
  applied_at_ms: z.number().nullable(),
  problems: z.record(z.string(), z.string()),
});

/** Checks what the rollout relies on; the rest of the contract's type is the orchestrator's word. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names the contract's type once a call
function checked<T>(schema: z.ZodType, what: string, answer: unknown): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data as T;
  throw new OptiInfraError('MALFORMED_ANSWER', `${what}: ${z.prettifyError(result.error)}`);
}

export function createOrchestratorClient(baseUrl: string, serviceKey: string): OrchestratorClient {
  const url = (...parts: readonly string[]): URL =>
    new URL(parts.map((part) => encodeURIComponent(part)).join('/'), `${baseUrl}/internal/`);
  const get = (target: URL): Promise<unknown> => callJson('orchestrator', target, { key: serviceKey });
  const put = (target: URL, body: unknown): Promise<unknown> =>
    callJson('orchestrator', target, { key: serviceKey, method: 'PUT', body });
  return {
    order: async (id) =>
      checked<ExecutionOrder>(order, 'execution order', await get(url('optimizations', id))),
    context: async (id) =>
      checked<CustomerContext>(context, 'customer context', await get(url('customers', id, 'context'))),
    putDesiredState: async (id, state) => {
      const answer = await put(url('customers', id, 'desired-state'), state);
      return checked<{ generation: number }>(generation, 'desired state', answer).generation;
    },
    desiredStateStatus: async (id, number) => {
      const answer = await get(url('customers', id, 'desired-state', String(number)));
      return checked<DesiredStateStatus>(desiredStatus, 'desired state status', answer);
    },
    reportStep: async (id, name, report) => {
      await put(url('optimizations', id, 'steps', name), report);
    },
    reportStatus: async (id, report) => {
      await put(url('optimizations', id, 'status'), report);
    },
    healthy: async () => {
      await callJson('orchestrator', new URL('/health', baseUrl));
    },
  };
}

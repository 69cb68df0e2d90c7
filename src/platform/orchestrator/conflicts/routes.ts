import { z } from 'zod';

import type {
  DependenciesRequest,
  ExecuteResolutionRequest,
  ResolveConflictRequest,
} from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { PlatformServer } from '../../kit/server.ts';
import { requireCustomer } from '../lookups.ts';
import { customerOfRecommendation } from '../recommendations/queries.ts';
import type { OrchestratorServices } from '../services.ts';
import { acknowledgedBy } from './acknowledgement.ts';
import { setDependencies } from './dependencies.ts';
import { executeResolution } from './execute.ts';
import { resolveConflict } from './resolve.ts';
import { findResolution } from './store.ts';

const id = z.string().min(1).max(200);
const tags = ['conflicts'];
const distinct = (ids: readonly string[]): boolean => new Set(ids).size === ids.length;

const resolveRequest = z.object({
  customer_id: id,
  recommendation_ids: z.array(id).min(2).max(50).refine(distinct, { message: 'names one twice' }),
}) satisfies z.ZodType<ResolveConflictRequest>;
const executeRequest = z.object({
  customer_id: id,
  resolution_id: id,
  reason: z.string().trim().min(1).max(2_000),
}) satisfies z.ZodType<ExecuteResolutionRequest>;
const dependenciesRequest = z.object({
  depends_on: z.array(id).max(50),
}) satisfies z.ZodType<DependenciesRequest>;

export function registerConflictRoutes(server: PlatformServer, services: OrchestratorServices): void {
  registerResolutions(server, services);
  server.put(
    '/recommendations/:id/dependencies',
    {
      schema: {
        tags,
        summary: 'What must have completed before this recommendation is executed',
        description: 'Replaces what was said before. 409 DEPENDENCY_CYCLE names the circle: a → b → c → a.',
        params: z.object({ id }),
        body: dependenciesRequest,
      },
    },
    async (request) => {
      await services.guards.authenticated(request);
      const customerId = await customerOfRecommendation(services, request.params.id);
      const { actor } = await services.guards.owner(request, customerId);
      const { depends_on: dependsOn } = request.body;
      const change = { dependsOn, actor };
      return {
        recommendation_id: request.params.id,
        depends_on: await setDependencies(services, customerId, request.params.id, change),
      };
    },
  );
}

function registerResolutions(server: PlatformServer, services: OrchestratorServices): void {
  server.post(
    '/orchestrator/resolve-conflict',
    {
      schema: {
        tags,
        summary: 'Find the conflicts among open recommendations and settle them',
        description:
          'Nothing is decided yet. May take as long as the performance agent negotiates (30 s). With negotiate_hybrid the hybrid is a recommendation at once (hybrid_recommendation_id), which the other agents validate.',
        body: resolveRequest,
      },
    },
    async (request) => {
      const { actor } = await services.guards.owner(request, request.body.customer_id);
      await requireCustomer(services, request.body.customer_id);
      return resolveConflict(services, request.body, actor);
    },
  );
  server.post(
    '/orchestrator/execute-resolution',
    {
      schema: {
        tags,
        summary: 'Carry a resolution out',
        description:
          'Approves what it keeps, rejects the rest with reasons, tells every participant; all or nothing. 409 NOT_VALIDATED names what is still missing: ask again later.',
        body: executeRequest,
      },
    },
    async (request) => {
      const { actor } = await services.guards.owner(request, request.body.customer_id);
      await requireCustomer(services, request.body.customer_id);
      return executeResolution(services, request.body, actor);
    },
  );
  server.get(
    '/orchestrator/resolutions/:id',
    {
      schema: {
        tags,
        summary: 'A resolution, when it was executed, and which agents have taken note',
        params: z.object({ id }),
      },
    },
    async (request) => {
      await services.guards.authenticated(request);
      const customerId = await customerOfResolution(services, request.params.id);
      await services.guards.owner(request, customerId);
      return services.database.asCustomer(customerId, async (trx) => {
        const row = await findResolution(trx, customerId, request.params.id);
        return {
          resolution: row.payload,
          executed_at: row.executed_at?.toISOString() ?? null,
          optimization_ids: row.optimization_ids ?? [],
          acknowledged_by: await acknowledgedBy(trx, row.id),
        };
      });
    },
  );
}

async function customerOfResolution(services: OrchestratorServices, resolutionId: string): Promise<string> {
  const row = await services.database.asSystem((trx) =>
    trx.selectFrom('resolutions').select('customer_id').where('id', '=', resolutionId).executeTakeFirst(),
  );
  if (row !== undefined) return row.customer_id;
  throw new OptiInfraError('NOT_FOUND', `No resolution ${resolutionId}.`);
}

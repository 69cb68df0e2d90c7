import { z } from 'zod';

import type { PlatformServer } from '../../kit/server.ts';
import { requireCustomer } from '../lookups.ts';
import type { OrchestratorServices } from '../services.ts';
import { newestBaseline, recordBaseline } from './baselines.ts';
import { recordComparison } from './comparisons.ts';
import { baselineQuery, comparisonReport, goldenBaselineRequest } from './schemas.ts';

const params = z.object({ id: z.string().min(1).max(200) });

/** What the application agent measured of a customer's answers. */
export function registerQualityRoutes(server: PlatformServer, services: OrchestratorServices): void {
  server.get(
    '/internal/customers/:id/baselines',
    { schema: { params, querystring: baselineQuery } },
    async (request) => {
      await services.guards.agent(request);
      return newestBaseline(services, request.params.id, request.query.deployment);
    },
  );
  server.post(
    '/internal/customers/:id/baselines',
    { schema: { params, body: goldenBaselineRequest } },
    async (request, reply) => {
      const { actor } = await services.guards.agent(request);
      await requireCustomer(services, request.params.id);
      return reply.code(201).send(await recordBaseline(services, request.params.id, request.body, actor));
    },
  );
  server.post(
    '/internal/customers/:id/quality-comparisons',
    { schema: { params, body: comparisonReport } },
    async (request, reply) => {
      const { actor } = await services.guards.agent(request);
      await requireCustomer(services, request.params.id);
      await recordComparison(services, request.params.id, request.body, actor);
      return reply.code(204).send();
    },
  );
}

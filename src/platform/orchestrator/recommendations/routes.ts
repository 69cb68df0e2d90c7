import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { AGENT_TYPES, RISK_LEVELS } from '../../../contracts/api/common.ts';
import {
  RECOMMENDATION_STATUSES,
  RECOMMENDATION_TYPES,
  type ApproveResponse,
  type DecisionRequest,
} from '../../../contracts/api/recommendations.ts';
import type { PlatformServer } from '../../kit/server.ts';
import { requireCustomer } from '../lookups.ts';
import type { OrchestratorServices } from '../services.ts';
import { approveMany } from './bulk-approval.ts';
import { approveRecommendation, rejectRecommendation } from './decisions.ts';
import { customerOfRecommendation, queryRecommendations, readRecommendation } from './queries.ts';

const id = z.string().min(1).max(200);
const params = z.object({ id });
const reason = z.string().trim().min(1).max(2_000);
const decisionRequest = z.object({ reason }) satisfies z.ZodType<DecisionRequest>;
const bulkRequest = z.object({ recommendation_ids: z.array(id).min(1).max(100), reason });
const listQuery = z.object({
  status: z.enum(RECOMMENDATION_STATUSES).optional(),
  type: z.enum(RECOMMENDATION_TYPES).optional(),
  agent_type: z.enum(AGENT_TYPES).optional(),
  risk_level: z.enum(RISK_LEVELS).optional(),
  min_savings: z.coerce.number().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
});

export function registerRecommendationRoutes(server: PlatformServer, services: OrchestratorServices): void {
  /** The caller, and the customer he acts for: 401 before 404, 404 before 403. */
  const ownerOf = async (request: FastifyRequest, recommendationId: string) => {
    await services.guards.authenticated(request);
    const customerId = await customerOfRecommendation(services, recommendationId);
    return { customerId, ...(await actorFor(request, customerId)) };
  };
  const actorFor = async (request: FastifyRequest, customerId: string) => {
    const { actor } = await services.guards.owner(request, customerId);
    return { actor };
  };

  server.get(
    '/customers/:id/recommendations',
    { schema: { params, querystring: listQuery } },
    async (request) => {
      await services.guards.owner(request, request.params.id);
      await requireCustomer(services, request.params.id);
      const { agent_type: agentType, risk_level: risk, min_savings: minimumSavings, ...rest } = request.query;
      return queryRecommendations(services, request.params.id, { ...rest, agentType, risk, minimumSavings });
    },
  );
  server.get('/recommendations/:id', { schema: { params } }, async (request) => {
    const { customerId } = await ownerOf(request, request.params.id);
    return readRecommendation(services, customerId, request.params.id);
  });
  server.post(
    '/recommendations/:id/approve',
    { schema: { params, body: decisionRequest } },
    async (request): Promise<ApproveResponse> => {
      const { customerId, actor } = await ownerOf(request, request.params.id);
      const decision = { actor, reason: request.body.reason };
      const optimizationId = await approveRecommendation(services, customerId, request.params.id, decision);
      return { status: 'approved', optimization_id: optimizationId };
    },
  );
  server.post(
    '/recommendations/:id/reject',
    { schema: { params, body: decisionRequest } },
    async (request) => {
      const { customerId, actor } = await ownerOf(request, request.params.id);
      const decision = { actor, reason: request.body.reason };
      await rejectRecommendation(services, customerId, request.params.id, decision);
      return { status: 'rejected' as const };
    },
  );
  server.post(
    '/customers/:id/recommendations/bulk-approve',
    { schema: { params, body: bulkRequest } },
    async (request) => {
      const { actor } = await actorFor(request, request.params.id);
      const { recommendation_ids, reason: why } = request.body;
      const decision = { actor, reason: why };
      return { results: await approveMany(services, request.params.id, recommendation_ids, decision) };
    },
  );
}

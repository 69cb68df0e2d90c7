import { z } from 'zod';

import { AGENT_TYPES } from '../../../contracts/api/common.ts';
import type { AnalyzeRequest } from '../../../contracts/api/recommendations.ts';
import type { PlatformServer } from '../../kit/server.ts';
import { requireCustomer } from '../lookups.ts';
import type { OrchestratorServices } from '../services.ts';
import { startAnalysis } from './service.ts';

const id = z.string().min(1).max(200);
const agentType = z.enum(AGENT_TYPES);
const analyzeRequest = z.object({ agent_type: agentType }) satisfies z.ZodType<AnalyzeRequest>;
const routedRequest = z.object({ customer_id: id, analysis_type: agentType });

export function registerAnalysisRoutes(server: PlatformServer, services: OrchestratorServices): void {
  server.post(
    '/customers/:id/analyze',
    { schema: { params: z.object({ id }), body: analyzeRequest } },
    async (request, reply) => {
      const { actor } = await services.guards.owner(request, request.params.id);
      await requireCustomer(services, request.params.id);
      const { routedToAgent: _, ...started } = await startAnalysis(services, {
        customerId: request.params.id,
        agentType: request.body.agent_type,
        actor,
      });
      return reply.code(202).send(started);
    },
  );
  server.post('/orchestrator/analyze', { schema: { body: routedRequest } }, async (request, reply) => {
    const { customer_id: customerId, analysis_type } = request.body;
    const caller = await services.guards.authenticated(request);
    if (caller.kind !== 'service') await services.guards.owner(request, customerId);
    await requireCustomer(services, customerId);
    const started = await startAnalysis(services, {
      customerId,
      agentType: analysis_type,
      actor: caller.actor,
    });
    return reply.code(202).send({ routed_to_agent: started.routedToAgent, task_id: started.task_id });
  });
}

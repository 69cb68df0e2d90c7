import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import type { PlatformServer } from '../../kit/server.ts';
import type { OrchestratorServices } from '../services.ts';
import { cancelOptimization, customerOfOptimization, readOptimization } from './service.ts';

const params = z.object({ id: z.string().min(1).max(200) });
const cancelRequest = z.object({ reason: z.string().trim().min(1).max(2_000) });

export function registerOptimizationRoutes(server: PlatformServer, services: OrchestratorServices): void {
  const ownerOf = async (request: FastifyRequest, optimizationId: string) => {
    await services.guards.authenticated(request);
    const customerId = await customerOfOptimization(services, optimizationId);
    const { actor } = await services.guards.owner(request, customerId);
    return { customerId, actor };
  };
  server.get('/optimizations/:id', { schema: { params } }, async (request) => {
    const { customerId } = await ownerOf(request, request.params.id);
    return readOptimization(services, customerId, request.params.id);
  });
  server.post('/optimizations/:id/cancel', { schema: { params, body: cancelRequest } }, async (request) => {
    const { customerId, actor } = await ownerOf(request, request.params.id);
    const { reason } = request.body;
    return cancelOptimization(services, customerId, request.params.id, { actor, reason });
  });
}

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { OptiInfraError } from '../../../support/errors.ts';
import type { PlatformServer } from '../../kit/server.ts';
import { requireCustomer } from '../lookups.ts';
import type { OrchestratorServices } from '../services.ts';
import { awaitGoldenRun, goldenRunStatus, orderGoldenRun } from './orders.ts';
import { recordGoldenResults } from './results.ts';
import { goldenResults, goldenRunRequest, nextRunQuery } from './schemas.ts';

const id = z.string().min(1).max(200);
const params = z.object({ id });

/** Golden prompts: agents order them, the customer's agent-runtime asks them. */
export function registerGoldenRunRoutes(server: PlatformServer, services: OrchestratorServices): void {
  registerAgentRoutes(server, services);
  registerRuntimeRoutes(server, services);
}

function registerAgentRoutes(server: PlatformServer, services: OrchestratorServices): void {
  server.post(
    '/internal/customers/:id/golden-runs',
    { schema: { params, body: goldenRunRequest } },
    async (request, reply) => {
      const { actor } = await services.guards.agent(request);
      await requireCustomer(services, request.params.id);
      return reply.code(201).send(await orderGoldenRun(services, request.params.id, request.body, actor));
    },
  );
  server.get(
    '/internal/customers/:id/golden-runs/:run',
    { schema: { params: params.extend({ run: id }) } },
    async (request) => {
      await services.guards.agent(request);
      return goldenRunStatus(services, request.params.id, request.params.run);
    },
  );
}

function registerRuntimeRoutes(server: PlatformServer, services: OrchestratorServices): void {
  const runtimes = new WeakMap<FastifyRequest, string>();
  // Asked before the body is read: a stranger learns nothing about its schema.
  const onRequest = async (request: FastifyRequest): Promise<void> => {
    runtimes.set(request, (await services.guards.runtime(request)).customerId);
  };
  const customerOf = (request: FastifyRequest): string => {
    const customerId = runtimes.get(request);
    if (customerId !== undefined) return customerId;
    throw new OptiInfraError('UNAUTHENTICATED', 'Present the runtime token as a bearer token.');
  };
  server.get(
    '/agent-runtime/golden-runs/next',
    { schema: { querystring: nextRunQuery }, onRequest },
    async (request, reply) => {
      const order = await awaitGoldenRun(services, customerOf(request), request.query.wait_ms);
      return order ?? reply.code(204).send();
    },
  );
  server.post(
    '/agent-runtime/golden-results',
    { schema: { body: goldenResults }, onRequest },
    async (request, reply) => {
      await recordGoldenResults(services, customerOf(request), request.body);
      return reply.code(204).send();
    },
  );
}

import { z } from 'zod';

import { CLOUD_PROVIDERS } from '../../../contracts/api/common.ts';
import type { PlatformServer } from '../../kit/server.ts';
import { unsealCloudAccess } from '../customers/credentials.ts';
import type { Sealing } from '../customers/sealing.ts';
import { requireCustomer } from '../lookups.ts';
import { recordStatus } from '../optimizations/status-reports.ts';
import { recordStep } from '../optimizations/step-reports.ts';
import type { OrchestratorServices } from '../services.ts';
import { desiredStateStatus, writeDesiredState } from '../telemetry/desired-state.ts';
import { customerContext, executionOrder } from './context.ts';
import { desiredStateRequest, statusReport, stepReport } from './schemas.ts';

type InternalServices = OrchestratorServices & { readonly sealing: Sealing };

const id = z.string().min(1).max(200);
const params = z.object({ id });
/** Without any, the place of the first onboarding. */
const placeQuery = z.object({ provider: z.enum(CLOUD_PROVIDERS).optional(), region: id.optional() });

/** Routes for agents (reads of a customer) and the executor (service key). */
export function registerInternalRoutes(server: PlatformServer, services: InternalServices): void {
  registerCustomerRoutes(server, services);
  server.get('/internal/optimizations/:id', { schema: { params } }, async (request) => {
    await services.guards.service(request);
    return executionOrder(services, request.params.id);
  });
  server.put(
    '/internal/optimizations/:id/steps/:name',
    { schema: { params: params.extend({ name: id }), body: stepReport } },
    async (request, reply) => {
      await services.guards.service(request);
      await recordStep(services, request.params.id, request.params.name, request.body);
      return reply.code(204).send();
    },
  );
  server.put(
    '/internal/optimizations/:id/status',
    { schema: { params, body: statusReport } },
    async (request, reply) => {
      await services.guards.service(request);
      await recordStatus(services, request.params.id, request.body);
      return reply.code(204).send();
    },
  );
}

function registerCustomerRoutes(server: PlatformServer, services: InternalServices): void {
  server.get('/internal/customers/:id/context', { schema: { params } }, async (request) => {
    await services.guards.internal(request);
    return customerContext(services, request.params.id);
  });
  server.get(
    '/internal/customers/:id/cloud-access',
    { schema: { params, querystring: placeQuery } },
    async (request) => {
      await services.guards.service(request);
      await requireCustomer(services, request.params.id);
      return unsealCloudAccess(services, request.params.id, request.query);
    },
  );
  server.put(
    '/internal/customers/:id/desired-state',
    { schema: { params, body: desiredStateRequest } },
    async (request) => {
      const { actor } = await services.guards.service(request);
      await requireCustomer(services, request.params.id);
      return writeDesiredState(services, request.params.id, request.body, actor);
    },
  );
  server.get(
    '/internal/customers/:id/desired-state/:generation',
    { schema: { params: params.extend({ generation: z.coerce.number().int().positive() }) } },
    async (request) => {
      await services.guards.service(request);
      return desiredStateStatus(services, request.params.id, request.params.generation);
    },
  );
}

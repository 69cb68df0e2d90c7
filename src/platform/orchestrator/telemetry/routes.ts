import type { FastifyRequest } from 'fastify';

import type { PlatformServer } from '../../kit/server.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { startLoop, type Loop } from '../loops.ts';
import type { OrchestratorServices } from '../services.ts';
import { bearerToken, connectRuntime } from './connect.ts';
import { awaitDesiredState, recordApplied } from './desired-state.ts';
import { takeInventory } from './discovery.ts';
import { forgetOldReceipts, ingestBatch } from './ingestion.ts';
import {
  appliedState,
  connectRequest,
  desiredStateQuery,
  discoverRequest,
  telemetryBatch,
} from './schemas.ts';

const TELEMETRY_BODY_LIMIT = 10 * 1024 * 1024;

/** What the customer's agent-runtime calls. */
export function registerTelemetryRoutes(server: PlatformServer, services: OrchestratorServices): void {
  server.post('/agent-runtime/connect', { schema: { body: connectRequest } }, (request) =>
    connectRuntime(services, bearerToken(request.headers.authorization), request.body),
  );
  const runtimes = new WeakMap<FastifyRequest, string>();
  // Asked before the body is read: a stranger's ten megabytes are not parsed.
  const onRequest = async (request: FastifyRequest): Promise<void> => {
    runtimes.set(request, (await services.guards.runtime(request)).customerId);
  };
  const customerOf = (request: FastifyRequest): string => {
    const customerId = runtimes.get(request);
    if (customerId !== undefined) return customerId;
    throw new OptiInfraError('UNAUTHENTICATED', 'Present the runtime token as a bearer token.');
  };
  server.post(
    '/agent-runtime/discover',
    { schema: { body: discoverRequest }, onRequest },
    async (request) => {
      const customerId = customerOf(request);
      return takeInventory(services, customerId, request.body);
    },
  );
  server.post(
    '/agent-runtime/telemetry',
    { schema: { body: telemetryBatch }, bodyLimit: TELEMETRY_BODY_LIMIT, onRequest },
    async (request) => {
      const customerId = customerOf(request);
      return ingestBatch(services, customerId, request.body);
    },
  );
  server.get(
    '/agent-runtime/desired-state',
    { schema: { querystring: desiredStateQuery }, onRequest },
    async (request, reply) => {
      const customerId = customerOf(request);
      const { after_generation, wait_ms } = request.query;
      const state = await awaitDesiredState(services, customerId, after_generation, wait_ms);
      return state ?? reply.code(204).send();
    },
  );
  server.post(
    '/agent-runtime/desired-state/applied',
    { schema: { body: appliedState }, onRequest },
    async (request, reply) => {
      const customerId = customerOf(request);
      await recordApplied(services, customerId, request.body);
      return reply.code(204).send();
    },
  );
}

const PRUNE_EVERY_MS = 600_000;

export function startReceiptPruning(services: OrchestratorServices): Loop {
  return startLoop(services, {
    name: 'telemetry receipts',
    intervalMs: PRUNE_EVERY_MS,
    round: () => forgetOldReceipts(services),
  });
}

import { timingSafeEqual } from 'node:crypto';

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { OptiInfraError } from '../../../support/errors.ts';
import type { PlatformServer } from '../../kit/server.ts';
import type { Executions } from './executions.ts';

const id = z.string().regex(/^opt_[a-z0-9]+$/, 'expected an optimization id, opt_…');
const text = z.string().trim().min(1).max(1_000);
const byId = { params: z.object({ id }) };

/** The executor's API, for the orchestrator alone. */
export function registerExecutionRoutes(
  server: PlatformServer,
  executions: Executions,
  serviceKey: string,
): void {
  const onRequest = async (request: FastifyRequest): Promise<void> => {
    requireKey(request, serviceKey);
  };
  server.post(
    '/executions',
    { onRequest, schema: { body: z.object({ optimization_id: id }) } },
    async (request, reply) => reply.code(202).send(await executions.start(request.body.optimization_id)),
  );
  server.get('/executions/:id', { onRequest, schema: byId }, async (request) =>
    executions.view(request.params.id),
  );
  server.post(
    '/executions/:id/cancel',
    { onRequest, schema: { ...byId, body: z.object({ by: text, reason: text }) } },
    async (request, reply) => {
      const { by, reason } = request.body;
      await executions.cancel(request.params.id, { by, reason });
      return reply.code(202).send({ status: 'cancelling' });
    },
  );
  server.post(
    '/executions/:id/decision',
    {
      onRequest,
      schema: {
        ...byId,
        body: z.object({ decision: z.enum(['continue', 'rollback']), by: text, reason: text }),
      },
    },
    async (request, reply) => {
      await executions.decide(request.params.id, request.body);
      return reply.code(202).send({ status: 'decided' });
    },
  );
}

function requireKey(request: FastifyRequest, serviceKey: string): void {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${serviceKey}`);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw new OptiInfraError('UNAUTHENTICATED', 'The service key is missing or wrong.');
}

import { z } from 'zod';

import { AGENT_TYPES } from '../../../contracts/api/common.ts';
import type { HeartbeatRequest, RegisterAgentRequest } from '../../../contracts/api/orchestration.ts';
import type { PlatformServer } from '../../kit/server.ts';
import { startLoop, type Loop } from '../loops.ts';
import type { OrchestratorServices } from '../services.ts';
import { allAgents, deregisterAgent, heartbeat, registerAgent, sweepSilentAgents } from './service.ts';

const name = z.string().min(1).max(200);
const registerRequest = z.object({
  agent_type: z.enum(AGENT_TYPES),
  name,
  version: name,
  capabilities: z.array(name).max(100),
  endpoint: z.url({ protocol: /^https?$/ }),
}) satisfies z.ZodType<RegisterAgentRequest>;
const heartbeatRequest = z.object({
  status: z.enum(['healthy', 'draining']),
  current_tasks: z.int().min(0),
  load: z.number().min(0).max(1),
}) satisfies z.ZodType<HeartbeatRequest>;
const params = z.object({ id: name });

export function registerRegistryRoutes(server: PlatformServer, services: OrchestratorServices): void {
  server.post(
    '/orchestrator/agents/register',
    { schema: { body: registerRequest } },
    async (request, reply) => {
      await services.guards.agent(request);
      return reply.code(201).send(await registerAgent(services, request.body));
    },
  );
  server.post(
    '/orchestrator/agents/:id/heartbeat',
    { schema: { params, body: heartbeatRequest } },
    async (request, reply) => {
      await services.guards.agent(request);
      await heartbeat(services, request.params.id, request.body);
      return reply.code(204).send();
    },
  );
  server.post('/orchestrator/agents/:id/deregister', { schema: { params } }, async (request, reply) => {
    await services.guards.agent(request);
    await deregisterAgent(services, request.params.id);
    return reply.code(204).send();
  });
  server.get('/orchestrator/agents', async (request) => {
    await services.guards.admin(request);
    return { items: await allAgents(services), next_cursor: null };
  });
}

const SWEEP_EVERY_MS = 1_000;

export function startHeartbeatSweep(services: OrchestratorServices): Loop {
  return startLoop(services, {
    name: 'heartbeats',
    intervalMs: SWEEP_EVERY_MS,
    round: () => sweepSilentAgents(services),
  });
}

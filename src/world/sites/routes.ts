import type { FastifyInstance } from 'fastify';

import type { SitesResponse } from '../../contracts/world.ts';
import {
  agentRuntimeRequest,
  deployRequest,
  fault,
  parseBody,
  reclaimRequest,
  siteRequest,
  trafficRequest,
} from './schemas.ts';
import type { Sites } from './sites.ts';

interface SiteParameters {
  Params: { readonly id: string };
}

/** Control of the world by the harness. */
export function registerSiteRoutes(server: FastifyInstance, sites: Sites): void {
  server.post('/sites', async (request, reply) =>
    reply.code(201).send(await sites.create(parseBody(siteRequest, request.body))),
  );
  server.get<{ Querystring: { readonly runId?: string } }>(
    '/sites',
    async ({ query }): Promise<SitesResponse> => {
      const states = sites.list().map((running) => running.state());
      return {
        sites: query.runId === undefined ? states : states.filter(({ runId }) => runId === query.runId),
      };
    },
  );
  server.get<SiteParameters>('/sites/:id', async ({ params }) => sites.get(params.id).state());
  server.delete<SiteParameters>('/sites/:id', async ({ params }, reply) => {
    await sites.remove(params.id);
    return reply.code(204).send();
  });
  server.post<SiteParameters>('/sites/:id/agent-runtime', async ({ params, body }) => {
    const running = sites.get(params.id);
    await running.installAgentRuntime(parseBody(agentRuntimeRequest, body));
    return running.state();
  });
  server.post<SiteParameters>('/sites/:id/faults', async ({ params, body }) => {
    const running = sites.get(params.id);
    await running.addFault(parseBody(fault, body));
    return running.state();
  });
  server.delete<SiteParameters>('/sites/:id/faults', async ({ params }) => {
    const running = sites.get(params.id);
    await running.clearFaults();
    return running.state();
  });
  server.post<SiteParameters>('/sites/:id/deploy', async ({ params, body }) => {
    const running = sites.get(params.id);
    running.deploy(parseBody(deployRequest, body));
    return running.state();
  });
  server.post<SiteParameters>('/sites/:id/traffic', async ({ params, body }) => {
    const running = sites.get(params.id);
    running.setTraffic(parseBody(trafficRequest, body));
    return running.state();
  });
  server.post<SiteParameters>('/sites/:id/reclaim', async ({ params, body }) =>
    sites.get(params.id).reclaim(parseBody(reclaimRequest, body)),
  );
}

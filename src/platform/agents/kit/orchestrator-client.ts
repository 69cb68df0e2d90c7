import { z } from 'zod';

import type {
  CustomerContext,
  HeartbeatRequest,
  RegisterAgentRequest,
} from '../../../contracts/api/orchestration.ts';
import { callJson, urlBelow } from './http-json.ts';
import { customerContext } from './schemas.ts';

export interface OrchestratorClient {
  /** @returns the agent's id, the same one for the same type and name. */
  register(request: RegisterAgentRequest, signal?: AbortSignal): Promise<string>;
  heartbeat(agentId: string, request: HeartbeatRequest, signal?: AbortSignal): Promise<void>;
  deregister(agentId: string): Promise<void>;
  context(customerId: string): Promise<CustomerContext>;
}

export function createOrchestratorClient(baseUrl: string, agentKey: string): OrchestratorClient {
  const agents = (path: string): URL => urlBelow(baseUrl, `/orchestrator/agents/${path}`);
  const post = <T>(url: URL, schema: z.ZodType<T>, body: unknown, signal?: AbortSignal): Promise<T> =>
    callJson(url, schema, { method: 'POST', key: agentKey, body, signal });
  return {
    register: async (request, signal) => {
      const answer = z.object({ agent_id: z.string().min(1) });
      return (await post(agents('register'), answer, request, signal)).agent_id;
    },
    heartbeat: async (agentId, request, signal) => {
      await post(agents(`${encodeURIComponent(agentId)}/heartbeat`), z.unknown(), request, signal);
    },
    deregister: async (agentId) => {
      await post(agents(`${encodeURIComponent(agentId)}/deregister`), z.unknown(), {});
    },
    context: async (customerId) => {
      const path = `/internal/customers/${encodeURIComponent(customerId)}/context`;
      return callJson(urlBelow(baseUrl, path), customerContext, { key: agentKey });
    },
  };
}

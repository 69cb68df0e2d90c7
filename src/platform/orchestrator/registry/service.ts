import type { EventType } from '../../../contracts/api/events.ts';
import {
  HEARTBEAT_INTERVAL_MS,
  MISSED_HEARTBEATS_UNTIL_UNREACHABLE,
  type AgentView,
  type HeartbeatRequest,
  type RegisterAgentRequest,
  type RegisterAgentResponse,
} from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import {
  forgetBeatsBefore,
  listAgents,
  markDeregistered,
  markSilent,
  recordHeartbeat,
  upsertAgent,
} from './store.ts';

const SILENCE_UNTIL_UNREACHABLE_MS = HEARTBEAT_INTERVAL_MS * MISSED_HEARTBEATS_UNTIL_UNREACHABLE;
const BEATS_KEPT_MS = 3_600_000;

export async function registerAgent(
  services: OrchestratorServices,
  request: RegisterAgentRequest,
): Promise<RegisterAgentResponse> {
  const agentId = await services.database.asSystem(async (trx) => {
    const { agentId: id, before } = await upsertAgent(
      trx,
      services.ids('agt'),
      request,
      services.clock.wallMs(),
    );
    if (before === 'unreachable') {
      await tellCustomers(services, trx, 'agent.recovered', {
        agent_id: id,
        agent_type: request.agent_type,
        name: request.name,
      });
    }
    return id;
  });
  // A fresh start deserves a fresh judgement.
  services.flow.breakers.delete(agentId);
  rememberBeat(services, agentId, 'healthy');
  services.flow.signals.notify('tasks');
  return { agent_id: agentId };
}

export async function heartbeat(
  services: OrchestratorServices,
  agentId: string,
  beat: HeartbeatRequest,
): Promise<void> {
  const recovered = await services.database.asSystem(async (trx) => {
    const known = await recordHeartbeat(trx, agentId, beat, services.clock.wallMs());
    if (known === undefined) throw unknownAgent(agentId);
    if (known.before !== 'unreachable') return false;
    await tellCustomers(services, trx, 'agent.recovered', {
      agent_id: agentId,
      agent_type: known.agentType,
      name: known.name,
    });
    return true;
  });
  rememberBeat(services, agentId, beat.status);
  if (recovered) services.flow.signals.notify('tasks');
}

export async function deregisterAgent(services: OrchestratorServices, agentId: string): Promise<void> {
  const known = await services.database.asSystem((trx) => markDeregistered(trx, agentId));
  if (!known) throw unknownAgent(agentId);
}

export async function allAgents(services: OrchestratorServices): Promise<readonly AgentView[]> {
  return services.database.asSystem(listAgents);
}

/** Declares the silent unreachable; the rows' own times decide, so a restart of ours forgives nobody. */
export async function sweepSilentAgents(services: OrchestratorServices): Promise<void> {
  const nowMs = services.clock.wallMs();
  await services.database.asSystem(async (trx) => {
    for (const agent of await markSilent(trx, nowMs - SILENCE_UNTIL_UNREACHABLE_MS)) {
      services.logger.warn({ agent }, 'an agent missed its heartbeats');
      await tellCustomers(services, trx, 'agent.unreachable', {
        agent_id: agent.id,
        agent_type: agent.agent_type,
        name: agent.name,
      });
    }
    await forgetBeatsBefore(trx, nowMs - BEATS_KEPT_MS);
  });
}

/** Agents serve every customer, so every customer with a fleet is told. In one order, so that two tellers never deadlock. */
async function tellCustomers(
  services: OrchestratorServices,
  trx: Trx,
  type: EventType,
  data: Record<string, unknown>,
): Promise<void> {
  const customers = await trx
    .selectFrom('customers')
    .select('id')
    .where('status', '=', 'active')
    .where((row) =>
      row.exists(
        row.selectFrom('credentials').select('customer_id').whereRef('customer_id', '=', 'customers.id'),
      ),
    )
    .orderBy('id')
    .execute();
  for (const { id } of customers) await services.outbox.publish(trx, { customerId: id, type, data });
}

/** For whoever watches Redis; PostgreSQL decides, so Redis may be away. */
function rememberBeat(services: OrchestratorServices, agentId: string, status: string): void {
  void services.redis
    .set(`optiinfra:heartbeat:${agentId}`, status, 'PX', SILENCE_UNTIL_UNREACHABLE_MS)
    .catch((error: unknown) => {
      services.logger.warn({ err: error, agent_id: agentId }, 'Redis did not take a heartbeat');
    });
}

function unknownAgent(agentId: string): OptiInfraError {
  return new OptiInfraError('NOT_FOUND', `No agent ${agentId} is registered.`, {
    hint: 'Register again; the same type and name keep their id.',
  });
}

import type { Selectable } from 'kysely';

import type { AgentType } from '../../../contracts/api/common.ts';
import type {
  AgentView,
  HeartbeatRequest,
  RegisterAgentRequest,
} from '../../../contracts/api/orchestration.ts';
import { toTimestamp } from '../../../support/clock.ts';
import type { AgentsTable } from '../database/operation-rows.ts';
import type { Trx } from '../services.ts';
import type { Candidate } from '../tasks/selection.ts';

type AgentRow = Selectable<AgentsTable>;
type Status = AgentRow['status'];

/** The same type and name is the same agent, wherever it runs now. Returns what it was before. */
export async function upsertAgent(
  trx: Trx,
  freshId: string,
  request: RegisterAgentRequest,
  nowMs: number,
): Promise<{ readonly agentId: string; readonly before: Status | undefined }> {
  const known = await trx
    .selectFrom('agents')
    .select(['id', 'status'])
    .where('agent_type', '=', request.agent_type)
    .where('name', '=', request.name)
    .forUpdate()
    .executeTakeFirst();
  const now = toTimestamp(nowMs);
  const described = {
    version: request.version,
    capabilities: JSON.stringify(request.capabilities),
    endpoint: request.endpoint,
    status: 'healthy' as const,
    load: 0,
    current_tasks: 0,
    registered_at: now,
    // A registration is a sign of life: the first beat is due an interval later.
    last_heartbeat_at: now,
  };
  const row = await trx
    .insertInto('agents')
    .values({ id: freshId, agent_type: request.agent_type, name: request.name, ...described })
    .onConflict((conflict) => conflict.columns(['agent_type', 'name']).doUpdateSet(described))
    .returning('id')
    .executeTakeFirstOrThrow();
  return { agentId: row.id, before: known?.status };
}

/** Undefined when no such agent is registered. */
export async function recordHeartbeat(
  trx: Trx,
  agentId: string,
  beat: HeartbeatRequest,
  nowMs: number,
): Promise<{ readonly before: Status; readonly agentType: AgentType; readonly name: string } | undefined> {
  const known = await trx
    .selectFrom('agents')
    .select(['status', 'agent_type', 'name'])
    .where('id', '=', agentId)
    .where('status', '<>', 'deregistered')
    .forUpdate()
    .executeTakeFirst();
  if (known === undefined) return undefined;
  const at = toTimestamp(nowMs);
  await trx
    .updateTable('agents')
    .set({ status: 'healthy', load: beat.load, current_tasks: beat.current_tasks, last_heartbeat_at: at })
    .where('id', '=', agentId)
    .execute();
  await trx
    .insertInto('heartbeats')
    .values({ agent_id: agentId, at, ...beat })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return { before: known.status, agentType: known.agent_type, name: known.name };
}

export async function markDeregistered(trx: Trx, agentId: string): Promise<boolean> {
  const row = await trx
    .updateTable('agents')
    .set({ status: 'deregistered' })
    .where('id', '=', agentId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Turns the agents silent since `sinceMs` unreachable and returns them. */
export async function markSilent(
  trx: Trx,
  sinceMs: number,
): Promise<readonly Pick<AgentRow, 'id' | 'agent_type' | 'name'>[]> {
  return trx
    .updateTable('agents')
    .set({ status: 'unreachable' })
    .where('status', '=', 'healthy')
    .where('last_heartbeat_at', '<', new Date(sinceMs))
    .returning(['id', 'agent_type', 'name'])
    .execute();
}

export async function listAgents(trx: Trx): Promise<readonly AgentView[]> {
  const rows = await trx.selectFrom('agents').selectAll().orderBy('agent_type').orderBy('name').execute();
  return rows.map((row) => ({
    agent_id: row.id,
    agent_type: row.agent_type,
    name: row.name,
    version: row.version,
    status: row.status,
    endpoint: row.endpoint,
    load: row.load,
    current_tasks: row.current_tasks,
    last_heartbeat_at: row.last_heartbeat_at?.toISOString() ?? null,
  }));
}

/** The healthy instances of a type, with what their last beat said. */
export async function healthyInstances(trx: Trx, agentType: AgentType): Promise<readonly Candidate[]> {
  const rows = await trx
    .selectFrom('agents')
    .select((row) => [
      'agents.id',
      'agents.endpoint',
      'agents.load',
      'agents.current_tasks',
      row
        .selectFrom('heartbeats')
        .select('heartbeats.status')
        .whereRef('heartbeats.agent_id', '=', 'agents.id')
        // A beat from before the registration was said by an earlier life of the agent.
        .whereRef('heartbeats.at', '>=', 'agents.registered_at')
        .orderBy('heartbeats.at', 'desc')
        .limit(1)
        .as('said'),
    ])
    .where('agents.agent_type', '=', agentType)
    .where('agents.status', '=', 'healthy')
    .execute();
  return rows.map((row) => ({
    agentId: row.id,
    endpoint: row.endpoint,
    draining: row.said === 'draining',
    load: row.load,
    currentTasks: row.current_tasks,
  }));
}

export async function forgetBeatsBefore(trx: Trx, beforeMs: number): Promise<void> {
  await trx.deleteFrom('heartbeats').where('at', '<', new Date(beforeMs)).execute();
}

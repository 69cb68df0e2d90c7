import { isDeepStrictEqual } from 'node:util';

import type { RecommendationDraft } from '../../../contracts/api/orchestration.ts';
import type { OptimizationPlan, PlanKind } from '../../../contracts/api/recommendations.ts';
import type { Trx } from '../services.ts';
import { instancesOf } from './plans.ts';

/** Two plans for the same deployment, and where one node is concerned, for the same node. */
export function sameSubject(a: OptimizationPlan, b: OptimizationPlan): boolean {
  if (a.deployment !== b.deployment) return false;
  if (a.kind !== 'replacement' || b.kind !== 'replacement') return true;
  return a.lost_instance_id === b.lost_instance_id;
}

/** Why a proposal would repeat what is under way or done already; undefined when it is news. */
export async function repetition(
  trx: Trx,
  customerId: string,
  draft: RecommendationDraft,
): Promise<string | undefined> {
  return (
    (await underWay(trx, customerId, draft)) ??
    (await alreadyConfigured(trx, customerId, draft.plan)) ??
    (await restsOnTerminated(trx, customerId, draft.plan))
  );
}

async function underWay(
  trx: Trx,
  customerId: string,
  draft: RecommendationDraft,
): Promise<string | undefined> {
  const rows = await trx
    .selectFrom('recommendations')
    .select(['id', 'type', 'plan'])
    .where('customer_id', '=', customerId)
    .where('status', 'in', ['approved', 'executing'])
    .execute();
  const same = rows.find(
    ({ type, plan }) =>
      sameSubject(plan, draft.plan) &&
      (type === draft.type || (draft.type !== 'quality_rollback' && overlap(plan, draft.plan))),
  );
  return same === undefined ? undefined : `recommendation ${same.id} is being carried out`;
}

/** The same action for another reason is still the same; only a way back to good answers is never held up by that. */
function overlap(a: OptimizationPlan, b: OptimizationPlan): boolean {
  return kindsOf(a).some((kind) => kindsOf(b).includes(kind));
}

function kindsOf(plan: OptimizationPlan): readonly PlanKind[] {
  return plan.kind === 'hybrid' ? plan.parts.map(({ kind }) => kind) : [plan.kind];
}

async function alreadyConfigured(
  trx: Trx,
  customerId: string,
  plan: OptimizationPlan,
): Promise<string | undefined> {
  if (plan.kind !== 'configuration_change') return undefined;
  const row = await trx
    .selectFrom('deployments')
    .select('engine_configuration')
    .where('customer_id', '=', customerId)
    .where('name', '=', plan.deployment)
    .executeTakeFirst();
  const done = row !== undefined && isDeepStrictEqual(row.engine_configuration, plan.to);
  return done ? `${plan.deployment} runs with this configuration already` : undefined;
}

/** A node that is to be replaced because it was lost may be gone; any other that is gone makes the plan stale. */
async function restsOnTerminated(
  trx: Trx,
  customerId: string,
  plan: OptimizationPlan,
): Promise<string | undefined> {
  const instances = plan.kind === 'replacement' ? [] : instancesOf(plan);
  if (instances.length === 0) return undefined;
  const row = await trx
    .selectFrom('instances')
    .select('instance_id')
    .where('customer_id', '=', customerId)
    .where('instance_id', 'in', [...instances])
    .where('state', '=', 'terminated')
    .orderBy('instance_id')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : `instance ${row.instance_id}, which it counts on, is gone`;
}

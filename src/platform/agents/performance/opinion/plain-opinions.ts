import type { CustomerContext, ValidationDraft } from '../../../../contracts/api/orchestration.ts';
import type {
  ConfigurationPlan,
  ReplacementPlan,
  ScaleInPlan,
} from '../../../../contracts/api/recommendations.ts';
import { servingInstances, windowOf } from '../../kit/observation/observe-deployment.ts';
import { approve, veto } from '../../kit/opinion.ts';
import type { AgentServices } from '../../kit/services.ts';

/** Opinions that need no forecast, because the plan leaves latency alone or restores it. */

const HOUR_MS = 3_600_000;

function unknownInstances(context: CustomerContext, ids: readonly string[]): readonly string[] {
  const known = new Set(context.instances.map(({ instance_id }) => instance_id));
  return ids.filter((id) => !known.has(id));
}

/** A node comes for a node that the cloud takes: with it the fleet is as it was, without it smaller. */
export function judgeReplacement(context: CustomerContext, plan: ReplacementPlan): ValidationDraft {
  const lost = context.instances.find(({ instance_id }) => instance_id === plan.lost_instance_id);
  if (lost === undefined || lost.deployment !== plan.deployment) {
    const reasons = [`${plan.lost_instance_id} was never a node of ${plan.deployment}`];
    return veto({ reasons, figures: {} });
  }
  if (lost.instance_type !== plan.instance_type) {
    const reasons = [`${plan.instance_type} is no equal replacement for ${lost.instance_type}`];
    return veto({ reasons, figures: {} });
  }
  const others = servingInstances(context, plan.deployment).filter(
    ({ instance_id }) => instance_id !== plan.lost_instance_id,
  ).length;
  return approve({
    reasons: [
      `${others} nodes serve without it, ${others + 1} with its replacement: latency can only fall by it.`,
    ],
    figures: { nodes_without_count: others, nodes_after_count: others + 1 },
  });
}

/** Another revision or template is the same arithmetic on the same memory. */
export function judgeNeutralConfiguration(
  context: CustomerContext,
  { instance_ids }: ConfigurationPlan,
): ValidationDraft {
  const unknown = unknownInstances(context, instance_ids);
  if (unknown.length > 0) {
    return veto({
      reasons: [`the plan changes nodes that are not known: ${unknown.join(', ')}`],
      figures: {},
    });
  }
  return approve({
    reasons: ['Only the revision or the template changes: the same arithmetic takes the same time.'],
    figures: { nodes_after_count: instance_ids.length },
  });
}

/** Nobody waits where nobody asks: for an hour, by the requests themselves. */
export async function judgeIdle(
  { telemetry, clock }: AgentServices,
  context: CustomerContext,
  plan: ScaleInPlan,
): Promise<ValidationDraft> {
  const unknown = unknownInstances(context, plan.retire_instance_ids);
  if (unknown.length > 0) {
    return veto({
      reasons: [`the plan retires nodes that are not known: ${unknown.join(', ')}`],
      figures: {},
    });
  }
  const window = windowOf(clock, context.customer_id, plan.deployment, HOUR_MS);
  const requests = await telemetry.requests(window);
  if (requests !== null) {
    return veto({
      reasons: [`${plan.deployment} is not idle: ${requests.requests} requests in the last hour`],
      figures: { requests_count: requests.requests },
    });
  }
  return approve({
    reasons: [`No request to ${plan.deployment} in the last hour: nobody would wait longer.`],
    figures: { requests_count: 0 },
  });
}

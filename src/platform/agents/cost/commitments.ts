import { HOURS_PER_MONTH } from '../../../contracts/api/common.ts';
import type { CustomerContext } from '../../../contracts/api/orchestration.ts';
import type { DeploymentObservation } from '../kit/observation/observe-deployment.ts';
import { accountAt } from '../kit/places.ts';
import type { AgentServices } from '../kit/services.ts';
import { usd } from './finding.ts';
import type { Place } from './spot-plan.ts';

/**
 * What a commitment for the nodes that stay on demand anyway would save. A finding, not a recommendation: it is signed
 * with the cloud, nothing is rolled out.
 */
export async function findCommitments(
  { market }: AgentServices,
  context: CustomerContext,
  { deployment, instances }: DeploymentObservation,
  place: Place,
): Promise<readonly string[]> {
  const share = context.preferences.minimum_on_demand_share;
  const lasting = Math.ceil(share * instances.length - 1e-9);
  const onDemand = instances.filter(({ lifecycle }) => lifecycle === 'on_demand').slice(0, lasting);
  if (onDemand.length === 0) return [];
  const { provider, region } = place;
  const account = accountAt(context, provider, region);
  const { terms } = await market.commitments({ provider, account });
  const monthly = onDemand.reduce((sum, { usd_per_hour }) => sum + usd_per_hour, 0) * HOURS_PER_MONTH;
  return terms.map(
    ({ years, discount_share: discount }) =>
      `${deployment.name}: a commitment of ${years} year(s) for the ${onDemand.length} node(s) that stay on demand ` +
      `would save ${usd(monthly * discount)} a month`,
  );
}

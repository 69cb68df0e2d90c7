import type { CloudProvider } from '../../../contracts/api/common.ts';
import type { CustomerContext } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';

/** The customer's account or project at a cloud; a region that was not onboarded belongs to the cloud's account too. */
export function accountAt(context: CustomerContext, provider: CloudProvider, region: string): string {
  const places = [context.cloud, ...context.clouds].filter((place) => place.provider === provider);
  const place = places.find((known) => known.region === region) ?? places[0];
  if (place !== undefined) return place.account_id;
  throw new OptiInfraError('INVALID_STATE', `the customer has no account at ${provider}`);
}

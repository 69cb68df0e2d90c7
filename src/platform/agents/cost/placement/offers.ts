import type { CloudPlace, CustomerContext } from '../../../../contracts/api/orchestration.ts';
import { equalTypes } from '../../kit/engine/accelerators.ts';
import { quoteIfOffered } from '../../kit/market-client.ts';
import type { AgentServices } from '../../kit/services.ts';
import type { DeploymentToPlace, Offer } from './options.ts';

/** Where nodes like the deployment's can be had, apart from where they are: same GPUs, so that what was measured holds. */
export async function offersFor(
  { market }: AgentServices,
  context: CustomerContext,
  { place: present }: DeploymentToPlace,
): Promise<readonly Offer[]> {
  const others = context.clouds.filter(
    ({ provider, region }) => provider !== present.provider || region !== present.region,
  );
  const asked = others.flatMap((place) =>
    equalTypes(present.instanceType).map((instanceType) => ({ place, instanceType })),
  );
  const offers = await Promise.all(
    asked.map(({ place, instanceType }) => offerAt(market, place, instanceType)),
  );
  return offers.filter((offer) => offer !== null);
}

async function offerAt(
  market: AgentServices['market'],
  place: CloudPlace,
  instanceType: string,
): Promise<Offer | null> {
  const { provider, region, account_id: account } = place;
  const question = { provider, region, account, instanceType };
  const quote = await quoteIfOffered(market, question);
  if (quote === null) return null;
  return { place, instanceType, quote, interruptions: await market.interruptions(question) };
}

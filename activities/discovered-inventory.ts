import type { RunSubject } from '../src/contracts/activities.ts';
import type { InfrastructureResponse } from '../src/contracts/api/customers.ts';
import { waitForCondition } from '../src/client/index.ts';
import { inventoryOf, type CloudInstance } from '../src/fixtures/index.ts';
import type { ActivityDependencies } from './context.ts';
import { isTimeout } from './measurements.ts';

/** The platform knows what the agent-runtime reports, which is the clouds' word some moments later. */
const REPORTED_DEADLINE_MS = 8_000;
const LIVE = ['running', 'pending'];

export interface DiscoveredInventory {
  readonly platform: InfrastructureResponse;
  readonly clouds: readonly CloudInstance[];
  /** Until both named the same instances; when they never did, both are as they were last. */
  readonly waitedSeconds: number;
}

/** What the platform and the clouds say runs, once a change in the clouds has had its time to be reported. */
export async function readDiscoveredInventory(
  { harness }: Pick<ActivityDependencies, 'harness'>,
  subject: RunSubject,
): Promise<DiscoveredInventory> {
  const { clock } = harness;
  const startedMs = clock.monotonicMs();
  const client = harness.clientOf(subject.email);
  const read = async () => {
    const [platform, clouds] = await Promise.all([
      client.infrastructure(subject.customerId),
      inventoryOf(harness, subject),
    ]);
    return { platform, clouds, waitedSeconds: (clock.monotonicMs() - startedMs) / 1000 };
  };
  let last = await read();
  await waitForCondition(
    async () => {
      last = await read();
      return sameInstances(last)
        ? ({ done: true, value: last } as const)
        : ({ done: false, observed: last.platform.instances.length } as const);
    },
    {
      condition: `the clouds' inventory of ${subject.customerId} at the platform`,
      deadlineMs: REPORTED_DEADLINE_MS,
      intervalMs: 200,
      clock,
    },
  ).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
  });
  return last;
}

export function sameInstances({
  platform,
  clouds,
}: {
  readonly platform: Pick<InfrastructureResponse, 'instances'>;
  readonly clouds: readonly Pick<CloudInstance, 'instanceId' | 'state'>[];
}): boolean {
  const known = platform.instances
    .filter(({ state }) => LIVE.includes(state))
    .map(({ instance_id: id }) => id);
  const live = clouds.filter(({ state }) => LIVE.includes(state)).map(({ instanceId }) => instanceId);
  return [...known].sort().join() === [...live].sort().join();
}

import type { RunSubject } from '../src/contracts/activities.ts';
import type { LiveEvent } from '../src/contracts/api/events.ts';
import type { SpotActivities } from '../src/contracts/spot-activities.ts';
import { openLiveUpdates, waitForCondition } from '../src/client/index.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { readDiscoveredInventory } from './discovered-inventory.ts';
import { createEvidenceLog } from './evidence.ts';
import { isTimeout } from './measurements.ts';

const EVENT_DEADLINE_MS = 20_000;
const LIVE = ['running', 'pending'];
/** The executor tags so what runs on demand for want of spot capacity. */
const FALLBACK_TAG = 'optiinfra:fallback';

export function createSpotActivities(dependencies: ActivityDependencies): SpotActivities {
  return {
    awaitEvent: (input) => heartbeating((progress) => awaitEvent(dependencies, input, progress)),
    countFleet: ({ subject, prefix }) => heartbeating(() => countFleet(dependencies, subject, prefix)),
  };
}

async function awaitEvent(
  { harness, database }: ActivityDependencies,
  { subject, type, data }: Parameters<SpotActivities['awaitEvent']>[0],
  progress: (details: unknown) => void,
): ReturnType<SpotActivities['awaitEvent']> {
  const { clock } = harness;
  const client = harness.clientOf(subject.email);
  await using live = openLiveUpdates({
    baseUrl: harness.environment.urls.orchestrator,
    customerId: subject.customerId,
    accessToken: () => client.accessToken(),
    clock,
  });
  const matching = (): readonly LiveEvent[] =>
    live
      .received()
      .filter(
        (event) =>
          event.type === type && Object.entries(data).every(([name, value]) => event.data[name] === value),
      );
  await waitForCondition(
    async () => {
      const found = matching().length;
      progress({ type, found });
      return found > 0
        ? ({ done: true, value: found } as const)
        : ({ done: false, observed: `${String(live.received().length)} other events` } as const);
    },
    { condition: `the event ${type}`, deadlineMs: EVENT_DEADLINE_MS, intervalMs: 100, clock },
  ).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
  });
  const rows = await database.rows(
    'SELECT sequence FROM outbox WHERE customer_id = $1 AND type = $2 AND data @> $3::jsonb',
    [subject.customerId, type, JSON.stringify(data)],
  );
  const log = createEvidenceLog(clock);
  log.record(`event.${type}.live`, matching().length, { unit: 'count', source: 'WS /ws/customers/{id}' });
  log.record(`event.${type}.stored`, rows.length, { unit: 'count', source: 'PostgreSQL outbox' });
  return {
    evidence: log.evidence,
    notes: [`${type} ${Object.values(data).join(', ')}: told ${String(matching().length)} time(s)`],
    output: {},
  };
}

async function countFleet(
  { harness, world }: ActivityDependencies,
  subject: RunSubject,
  prefix: string,
): ReturnType<SpotActivities['countFleet']> {
  const { platform, clouds: inventory } = await readDiscoveredInventory({ harness }, subject);
  const site = await world.site(subject.siteId);
  const running = inventory.filter(({ state }) => LIVE.includes(state));
  const counts = {
    world: site.nodes.filter(({ state, weight }) => state === 'ready' && weight > 0).length,
    cloud: running.length,
    platform: platform.instances.filter(({ state, ready }) => state === 'running' && ready).length,
    spot: running.filter(({ lifecycle }) => lifecycle === 'spot').length,
    'on-demand': running.filter(({ lifecycle }) => lifecycle === 'on_demand').length,
    fallback: running.filter(({ tags }) => tags[FALLBACK_TAG] === 'spot').length,
  };
  const sources: Readonly<Record<string, string>> = {
    world: 'the world: ready and with a share of the traffic',
    platform: 'GET /customers/{id}/infrastructure',
  };
  const log = createEvidenceLog(harness.clock);
  for (const [name, count] of Object.entries(counts)) {
    const source = sources[name] ?? 'inventory of the clouds';
    log.record(`${prefix}.nodes.${name}`, count, { unit: 'nodes', source });
  }
  return {
    evidence: log.evidence,
    notes: [
      `${String(counts.world)} nodes serve: ${String(counts.spot)} spot, ${String(counts['on-demand'])} on demand`,
    ],
    output: {},
  };
}

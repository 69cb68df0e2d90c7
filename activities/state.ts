import type { RunSubject, StateActivities, StateSnapshot } from '../src/contracts/activities.ts';
import { inventoryOf } from '../src/fixtures/index.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog } from './evidence.ts';
import { differencesOf } from './state-differences.ts';

const SOURCE = 'the world and the inventory of the clouds';

/** The customer's side before and after, by the word of the world and the cloud; the platform is not asked. */
export function createStateActivities(dependencies: ActivityDependencies): StateActivities {
  const { harness } = dependencies;
  return {
    takeSnapshot: ({ subject }) =>
      heartbeating(async () => {
        const log = createEvidenceLog(harness.clock);
        const snapshot = await readState(dependencies, subject);
        log.record('snapshot.nodes', snapshot.nodes.length, { unit: 'count', source: SOURCE });
        log.record('snapshot.running', snapshot.runningInstanceIds, { unit: 'text', source: SOURCE });
        return { evidence: log.evidence, notes: [], output: snapshot };
      }),

    compareWithSnapshot: ({ subject, snapshot }) =>
      heartbeating(async () => {
        const log = createEvidenceLog(harness.clock);
        const differences = differencesOf(snapshot, await readState(dependencies, subject));
        const about = { source: SOURCE, sampleSize: snapshot.nodes.length };
        log.record('state.differences', differences, { unit: 'text', ...about });
        log.record('state.nodes-compared', snapshot.nodes.length, { unit: 'count', ...about });
        const notes = differences.length === 0 ? ['The state is as it was before'] : differences;
        return { evidence: log.evidence, notes, output: {} };
      }),
  };
}

/** By the word of the world and the clouds. */
export async function readState(
  { harness, world }: ActivityDependencies,
  subject: RunSubject,
): Promise<StateSnapshot> {
  const [site, inventory] = await Promise.all([world.site(subject.siteId), inventoryOf(harness, subject)]);
  return {
    takenAtWorldMs: harness.clock.worldMs(),
    nodes: site.nodes.filter(({ state }) => state !== 'gone'),
    runningInstanceIds: inventory
      .filter(({ state }) => state === 'running' || state === 'pending')
      .map(({ instanceId }) => instanceId)
      .sort(),
  };
}

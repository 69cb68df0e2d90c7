import type { QualityActivities } from '../src/contracts/quality-activities.ts';
import type { SiteNode } from '../src/contracts/world.ts';
import { waitForCondition } from '../src/client/index.ts';
import type { ActivityDependencies } from './context.ts';
import { createEvidenceLog } from './evidence.ts';
import { isTimeout } from './measurements.ts';

/** Four nodes restart one after another in twenty wall seconds at time scale 60. */
const DEADLINE_MS = 80_000;

/** The customer's own rollout, watched where it happens; the platform is not asked. */
export async function awaitDeployed(
  { harness, world }: ActivityDependencies,
  { subject, change }: Parameters<QualityActivities['awaitDeployed']>[0],
  progress: (details: unknown) => void,
): ReturnType<QualityActivities['awaitDeployed']> {
  const log = createEvidenceLog(harness.clock);
  const sinceMs = harness.clock.worldMs();
  const runsIt = ({ state, engineConfiguration: { revision, chat_template: template } }: SiteNode): boolean =>
    state === 'ready' &&
    revision === (change.revision ?? revision) &&
    template === (change.chatTemplate ?? template);
  let nodes: readonly SiteNode[] = [];
  // The platform may be on its way back before the last node has come: each counts once it was seen to serve.
  const served = new Set<string>();
  const look = async () => {
    const site = await world.site(subject.siteId);
    nodes = site.nodes.filter(
      ({ deployment, state }) => deployment === subject.deployment && state !== 'gone',
    );
    for (const node of nodes.filter(runsIt)) served.add(node.instanceId);
    const changed = served.size;
    progress({ changed, of: nodes.length });
    return nodes.length > 0 && changed === nodes.length
      ? ({ done: true, value: changed } as const)
      : ({ done: false, observed: { changed, of: nodes.length } } as const);
  };
  await waitForCondition(look, {
    condition: `the deployment of ${change.revision ?? change.chatTemplate ?? 'nothing'}`,
    deadlineMs: DEADLINE_MS,
    intervalMs: 100,
    clock: harness.clock,
  }).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
  });
  const about = { source: 'the world', sampleSize: nodes.length };
  const changed = served.size;
  log.record('deploy.nodes', nodes.length, { unit: 'count', ...about });
  log.record('deploy.nodes-changed', changed, { unit: 'count', ...about });
  log.record(
    'deploy.names',
    [change.revision, change.chatTemplate].filter((each) => each !== undefined),
    {
      unit: 'text',
      source: 'the harness',
    },
  );
  log.record('deploy.world-seconds', (harness.clock.worldMs() - sinceMs) / 1000, {
    unit: 's of world time',
    ...about,
  });
  return {
    evidence: log.evidence,
    notes: [`${String(changed)} of ${String(nodes.length)} nodes serve with what the pipeline delivered`],
    output: changed > 0 && changed === nodes.length ? {} : null,
  };
}
